import { expect, test } from '@playwright/test';
import { filterRuns, formatTime } from '../../admin/src/lib/format.js';
import { ADMIN_URL, exampleRun } from './support.js';

const RUNS = [
  exampleRun({
    id: '11111111-2222-4333-8444-000000000002',
    question: 'The later question?',
    rule: 'docstrings',
    path: 'shop/greeting.py',
    started_at: '2024-05-02T08:00:00+00:00',
  }),
  exampleRun({ id: '11111111-2222-4333-8444-000000000001', question: 'The earlier question?' }),
];

/** Answer for the backend with exactly these runs. */
async function openAdminWith(page, runs) {
  await page.route('**/api/runs', (route) => route.fulfill({ json: { runs } }));
  for (const run of runs) {
    await page.route(`**/api/runs/${run.id}`, (route) => route.fulfill({ json: run }));
  }
  await page.goto(ADMIN_URL);
}

test('lists the runs in the order of the backend', async ({ page }) => {
  await openAdminWith(page, RUNS);
  await expect(page).toHaveTitle('Runs');
  const rows = page.locator('tbody').getByRole('row');
  await expect(rows).toHaveCount(RUNS.length);
  for (const [number, run] of RUNS.entries()) {
    await expect(rows.nth(number)).toContainText(run.question);
    await expect(rows.nth(number)).toContainText(formatTime(run.started_at));
  }
  await expect(page.getByRole('status')).toHaveText('2 runs');
});

test('says when there are no runs', async ({ page }) => {
  await openAdminWith(page, []);
  await expect(page.getByText('Nobody has asked anything yet.')).toBeVisible();
  await expect(page.getByRole('table')).toHaveCount(0);
});

test('filters the runs', async ({ page }) => {
  await openAdminWith(page, RUNS);
  await page.getByLabel('Filter').fill('greeting LATER');
  const expected = filterRuns(RUNS, 'greeting LATER');
  const rows = page.locator('tbody').getByRole('row');
  await expect(rows).toHaveCount(expected.length);
  await expect(rows.first()).toContainText(expected[0].question);
  await expect(page.getByRole('status')).toHaveText('1 of 2 runs');

  await page.getByLabel('Filter').fill('nothing like this');
  await expect(page.getByText('No run matches the filter.')).toBeVisible();
});

test('shows a run’s details and closes them', async ({ page }) => {
  await openAdminWith(page, RUNS);
  await page.getByRole('row', { name: 'The earlier question?' }).click();
  const details = page.getByTestId('details');
  await expect(details).toContainText('The earlier question?');
  await expect(details.getByRole('list', { name: 'Documents' })).toContainText('First document');
  await expect(details.getByTestId('patch')).toContainText('+++ b/NOTES.md');
  await details.getByRole('button', { name: 'Close' }).click();
  await expect(details).toHaveCount(0);
});

test('opens details by keyboard', async ({ page }) => {
  await openAdminWith(page, RUNS);
  await page.getByRole('button', { name: 'The later question?' }).press('Enter');
  await expect(page.getByTestId('details')).toContainText('The later question?');
});

test('says when the runs are not available, and recovers', async ({ page }) => {
  const error = 'The runs are not available at the moment.';
  await page.route('**/api/runs', (route) => route.fulfill({ status: 503, json: { error } }));
  await page.goto(ADMIN_URL);
  await expect(page.getByRole('alert')).toHaveText(error);

  await page.unroute('**/api/runs');
  await page.route('**/api/runs', (route) => route.fulfill({ json: { runs: RUNS } }));
  await page.getByRole('button', { name: 'Refresh' }).click();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(page.getByRole('table', { name: 'Runs' })).toBeVisible();
});
