import { expect, test } from '@playwright/test';
import { formatDuration, formatScore } from '../../client/src/lib/format.js';
import { askInClient, exampleRun, uniqueQuestion } from './support.js';

test('shows an empty form at first', async ({ page }) => {
  await page.goto('/');
  await expect(page).toHaveTitle('Ask the shop');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ask the shop');
  await expect(page.getByLabel('Your question')).toBeEmpty();
  await expect(page.getByTestId('answer')).toHaveCount(0);
});

test('asks for a question if there is none', async ({ page }) => {
  await page.goto('/');
  await page.getByLabel('Your question').fill('   ');
  await page.getByRole('button', { name: 'Ask' }).click();
  await expect(page.getByRole('alert')).toHaveText('Please enter a question.');
});

test('answers from the document that fits best', async ({ page }) => {
  const question = uniqueQuestion('Can the stock become negative?');
  const answer = await askInClient(page, question);
  await expect(answer).toContainText(question);
  await expect(answer).toContainText('Inventory and stock');
  const documents = page.getByRole('list', { name: 'Documents' }).getByRole('listitem');
  await expect(documents.first()).toContainText('the stock never becomes negative');
});

test('proposes docstrings as a patch', async ({ page }) => {
  await askInClient(page, uniqueQuestion('Add docstrings to the greeting'));
  const patch = page.getByTestId('patch');
  await expect(patch).toContainText('+++ b/shop/greeting.py');
  await expect(patch.locator('.added', { hasText: '"""Say goodbye."""' })).toBeVisible();
});

test('proposes to name a bare exception', async ({ page }) => {
  await askInClient(page, uniqueQuestion('Which errors in pricing are caught?'));
  const patch = page.getByTestId('patch');
  await expect(patch.locator('.removed')).toHaveText('-    except:\n');
  await expect(patch.locator('.added')).toHaveText('+    except Exception:\n');
});

test('sends the question by Ctrl+Enter', async ({ page }) => {
  await page.goto('/');
  await page.getByLabel('Your question').fill(uniqueQuestion('How are customers greeted?'));
  await page.getByLabel('Your question').press('Control+Enter');
  await expect(page.getByTestId('answer')).toContainText('Greeting customers');
});

test('replaces the answer by that of the next question', async ({ page }) => {
  await askInClient(page, uniqueQuestion('What is a discount?'));
  const second = uniqueQuestion('How do we deploy a release?');
  await page.getByLabel('Your question').fill(second);
  await page.getByRole('button', { name: 'Ask' }).click();
  await expect(page.getByTestId('answer')).toContainText(second);
  await expect(page.getByTestId('answer')).toHaveCount(1);
});

test('shows scores and duration as the client formats them', async ({ page }) => {
  const run = exampleRun();
  await page.route('**/api/ask', (route) => route.fulfill({ status: 201, json: run }));
  const answer = await askInClient(page, run.question);
  await expect(answer).toContainText(
    `1 document, ${formatDuration(run.started_at, run.finished_at)}`,
  );
  await expect(page.getByText(formatScore(0.5), { exact: true })).toBeVisible();
});

test('says when no document was found', async ({ page }) => {
  const run = exampleRun({ documents: [] });
  await page.route('**/api/ask', (route) => route.fulfill({ status: 201, json: run }));
  await askInClient(page, run.question);
  await expect(page.getByText('No document fits this question.')).toBeVisible();
});

test('shows text as text, never as markup', async ({ page }) => {
  const question = uniqueQuestion('<img src=x onerror="window.injected = true"> what?');
  const answer = await askInClient(page, question);
  await expect(answer).toContainText(question);
  expect(await page.evaluate(() => window.injected)).toBeUndefined();
});

test('shows what the backend says went wrong', async ({ page }) => {
  const error = 'The question could not be answered. Please try again.';
  await page.route('**/api/ask', (route) => route.fulfill({ status: 502, json: { error } }));
  await page.goto('/');
  await page.getByLabel('Your question').fill('Anything');
  await page.getByRole('button', { name: 'Ask' }).click();
  await expect(page.getByRole('alert')).toHaveText(error);
  await expect(page.getByRole('button', { name: 'Ask' })).toBeEnabled();
});

test('explains when the backend cannot be reached', async ({ page }) => {
  await page.route('**/api/ask', (route) => route.abort());
  await page.goto('/');
  await page.getByLabel('Your question').fill('Anything');
  await page.getByRole('button', { name: 'Ask' }).click();
  await expect(page.getByRole('alert')).toContainText('not available');
});
