// These cross every service: client, backend, orchestrator, search, repository,
// coding agent, database and admin.

import { expect, test } from '@playwright/test';
import { ADMIN_URL, BACKEND_URL, askInClient, uniqueQuestion } from './support.js';

/** The admin's row of a question. */
async function findInAdmin(page, question) {
  await page.goto(ADMIN_URL);
  await page.getByLabel('Filter').fill(question);
  const rows = page.locator('tbody').getByRole('row');
  await expect(rows).toHaveCount(1);
  return rows.first();
}

test('a question in the client becomes a run in the admin', async ({ page }) => {
  const question = uniqueQuestion('Add docstrings to pricing');
  const answer = await askInClient(page, question);
  const runId = await answer.getAttribute('data-run-id');
  const patch = await page.getByTestId('patch').textContent();
  expect(patch).toContain('+++ b/shop/pricing.py');

  const row = await findInAdmin(page, question);
  await expect(row).toHaveAttribute('data-run-id', runId);
  await row.click();
  const details = page.getByTestId('details');
  await expect(details).toContainText(question);
  await expect(details.getByRole('list', { name: 'Documents' })).toContainText('Documentation');
  expect(await details.getByTestId('patch').textContent()).toBe(patch);
});

test('runs are listed newest first', async ({ page, request }) => {
  const questions = [uniqueQuestion('First'), uniqueQuestion('Second')];
  for (const question of questions) {
    const response = await request.post(`${BACKEND_URL}/api/ask`, { data: { question } });
    expect(response.status()).toBe(201);
  }
  await page.goto(ADMIN_URL);
  const cells = page.locator('tbody tr td:nth-child(2)');
  await expect(cells.filter({ hasText: questions[0] })).toHaveCount(1);
  const listed = await cells.allTextContents();
  const positions = questions.map((question) => listed.indexOf(question));
  expect(positions[1]).toBeGreaterThanOrEqual(0);
  expect(positions[0]).toBeGreaterThan(positions[1]);
});

test('the kept run is what the backend answered', async ({ request }) => {
  const question = uniqueQuestion('Add type annotations to the inventory');
  const asked = await request.post(`${BACKEND_URL}/api/ask`, { data: { question } });
  const answered = await asked.json();
  expect(answered.rule).toBe('annotations');
  expect(answered.commit).toMatch(/^[0-9a-f]{40}$/);

  const kept = await (await request.get(`${BACKEND_URL}/api/runs/${answered.id}`)).json();
  expect(kept).toEqual(answered);
});

test('a question without a fitting rule becomes a note', async ({ page }) => {
  const question = uniqueQuestion('Do we sell bananas?');
  await askInClient(page, question);
  await expect(page.getByTestId('patch')).toContainText(`+- To do: ${question}`);
  const row = await findInAdmin(page, question);
  await expect(row).toContainText('note');
});

test('the backend refuses an empty question and keeps nothing', async ({ request }) => {
  const response = await request.post(`${BACKEND_URL}/api/ask`, { data: { question: ' ' } });
  expect(response.status()).toBe(400);
  expect((await response.json()).error).toBe('Please enter a question.');
});
