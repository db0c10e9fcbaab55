import { expect, it } from 'vitest';
import { filterRuns, formatTime, shorten, summarise } from '../src/lib/format.js';

const RUNS = [
  { question: 'Where are docstrings missing?', rule: 'docstrings', path: 'shop/greeting.py' },
  { question: 'What about errors?', rule: 'exceptions', path: 'shop/pricing.py' },
];

it('shows times in UTC', () => {
  expect(formatTime('2024-05-01T10:00:00.123+02:00')).toBe('2024-05-01 08:00:00');
  expect(formatTime('never')).toBe('');
});

it('shortens only what is too long', () => {
  expect(shorten('short', 5)).toBe('short');
  expect(shorten('a longer text', 9)).toBe('a longer…');
});

it('filters by every word, in any column', () => {
  expect(filterRuns(RUNS, '')).toEqual(RUNS);
  expect(filterRuns(RUNS, ' ERRORS pricing')).toEqual([RUNS[1]]);
  expect(filterRuns(RUNS, 'docstrings pricing')).toEqual([]);
});

it('says how many runs are shown', () => {
  expect(summarise(1, 1)).toBe('1 run');
  expect(summarise(2, 2)).toBe('2 runs');
  expect(summarise(1, 2)).toBe('1 of 2 runs');
});
