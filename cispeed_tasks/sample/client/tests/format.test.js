import { describe, expect, it } from 'vitest';
import { countOf, formatDuration, formatScore, patchLines } from '../src/lib/format.js';

describe('formatScore', () => {
  it.each([
    [0, '0 %'],
    [0.756, '76 %'],
    [1.2, '100 %'],
    [undefined, '0 %'],
  ])('%s becomes %s', (score, expected) => {
    expect(formatScore(score)).toBe(expected);
  });
});

describe('formatDuration', () => {
  it('uses milliseconds below a second, then seconds', () => {
    expect(formatDuration('2024-05-01T08:00:00Z', '2024-05-01T08:00:00.250Z')).toBe('250 ms');
    expect(formatDuration('2024-05-01T08:00:00Z', '2024-05-01T08:00:02.340Z')).toBe('2.3 s');
  });

  it('is empty for times that make no sense', () => {
    expect(formatDuration('2024-05-01T08:00:01Z', '2024-05-01T08:00:00Z')).toBe('');
    expect(formatDuration('never', '2024-05-01T08:00:00Z')).toBe('');
  });
});

it('counts in singular and plural', () => {
  expect([0, 1, 2].map((number) => countOf(number, 'document'))).toEqual([
    '0 documents',
    '1 document',
    '2 documents',
  ]);
});

it('tells the lines of a patch apart', () => {
  const patch = '--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\n+new\n same\n';
  expect(patchLines(patch).map((line) => line.kind)).toEqual([
    'file',
    'file',
    'place',
    'removed',
    'added',
    'context',
  ]);
  expect(patchLines('')).toEqual([]);
});
