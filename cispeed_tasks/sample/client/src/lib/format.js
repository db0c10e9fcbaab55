// Pure functions that turn data into what is shown.

/** A score from 0 to 1 as a whole percentage. */
export function formatScore(score) {
  const bounded = Math.min(Math.max(Number(score) || 0, 0), 1);
  return `${Math.round(bounded * 100)} %`;
}

/** The time between two ISO timestamps, in milliseconds or seconds. */
export function formatDuration(startedAt, finishedAt) {
  const milliseconds = new Date(finishedAt) - new Date(startedAt);
  if (!Number.isFinite(milliseconds) || milliseconds < 0) return '';
  if (milliseconds < 1000) return `${milliseconds} ms`;
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** A number with the singular or plural of a word. */
export function countOf(number, word) {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}

/** A patch's lines with their kind: added, removed, place, file or context. */
export function patchLines(patch) {
  const lines = patch.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((text) => ({ text, kind: kindOf(text) }));
}

function kindOf(line) {
  if (line.startsWith('+++') || line.startsWith('---')) return 'file';
  if (line.startsWith('@@')) return 'place';
  if (line.startsWith('+')) return 'added';
  if (line.startsWith('-')) return 'removed';
  return 'context';
}
