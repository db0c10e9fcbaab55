// Calls to the backend.

const UNAVAILABLE = 'The service is not available at the moment. Please try again.';

/** Ask a question; throws an error whose message can be shown. */
export async function ask(question, fetchFunction = fetch) {
  let response;
  try {
    response = await fetchFunction('/api/ask', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ question }),
    });
  } catch {
    throw new Error(UNAVAILABLE);
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error ?? UNAVAILABLE);
  return body;
}
