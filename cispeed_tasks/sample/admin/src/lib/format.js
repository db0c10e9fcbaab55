// Pure functions that turn runs into what is shown.

/** An ISO timestamp as date and time in UTC, e.g. 2024-05-01 08:00:00. */
export function formatTime(timestamp) {
  const date = new Date(timestamp);
  if (Number.isNaN(date.getTime())) return '';
  return date.toISOString().slice(0, 19).replace('T', ' ');
}

/** A text cut to a length, with an ellipsis if something was cut. */
export function shorten(text, length = 80) {
  return text.length <= length ? text : `${text.slice(0, length - 1).trimEnd()}…`;
}

/** The runs whose question, rule or file contain every word of the filter. */
export function filterRuns(runs, filter) {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return runs.filter((run) => {
    const text = `${run.question} ${run.rule} ${run.path}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** A sentence about how many runs are shown. */
export function summarise(shown, total) {
  const runs = total === 1 ? 'run' : 'runs';
  return shown === total ? `${total} ${runs}` : `${shown} of ${total} ${runs}`;
}
