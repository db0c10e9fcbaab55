// What several tests need.

import { randomUUID } from 'node:crypto';

export const ADMIN_URL = process.env.ADMIN_URL || 'http://admin:5174';
export const BACKEND_URL = process.env.BACKEND_URL || 'http://backend:5000';

/** A question that no other test, and no earlier run of the tests, has asked. */
export function uniqueQuestion(text) {
  return `${text} (${randomUUID()})`;
}

/** Ask in the client's page and wait for the answer. */
export async function askInClient(page, question) {
  await page.goto('/');
  await page.getByLabel('Your question').fill(question);
  await page.getByRole('button', { name: 'Ask' }).click();
  const answer = page.getByTestId('answer');
  await answer.waitFor();
  return answer;
}

/** A run as the backend answers it. */
export function exampleRun(values = {}) {
  return {
    id: '11111111-2222-4333-8444-555555555555',
    question: 'An example?',
    answer: 'An example.',
    documents: [{ id: 'a', title: 'First document', score: 0.5, excerpt: 'It says so.' }],
    document_count: 1,
    rule: 'note',
    path: 'NOTES.md',
    patch: '--- a/NOTES.md\n+++ b/NOTES.md\n@@ -1 +1 @@\n-old\n+new\n',
    commit: 'c0ffee',
    started_at: '2024-05-01T08:00:00+00:00',
    finished_at: '2024-05-01T08:00:01.500000+00:00',
    ...values,
  };
}
