// Calls to the backend.

const UNAVAILABLE = 'The runs are not available at the moment.';

async function get(path, fetchFunction) {
  let response;
  try {
    response = await fetchFunction(path);
  } catch {
    throw new Error(UNAVAILABLE);
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error ?? UNAVAILABLE);
  return body;
}

/** The latest runs, newest first. */
export async function listRuns(fetchFunction = fetch) {
  return (await get('/api/runs', fetchFunction)).runs;
}

/** One run with everything. */
export function getRun(id, fetchFunction = fetch) {
  return get(`/api/runs/${encodeURIComponent(id)}`, fetchFunction);
}
