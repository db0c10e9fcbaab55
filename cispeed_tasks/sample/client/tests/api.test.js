import { expect, it } from 'vitest';
import { ask } from '../src/lib/api.js';

const answering = (status, body) => async () => new Response(body, { status });

it('returns the run', async () => {
  await expect(ask('Why?', answering(201, '{"answer": "Because."}'))).resolves.toEqual({
    answer: 'Because.',
  });
});

it('passes on what the backend says is wrong', async () => {
  await expect(ask('', answering(400, '{"error": "Empty."}'))).rejects.toThrow('Empty.');
});

it('explains an answer that is no JSON, and no answer at all', async () => {
  await expect(ask('Why?', answering(500, 'oops'))).rejects.toThrow('not available');
  const refused = async () => {
    throw new TypeError('refused');
  };
  await expect(ask('Why?', refused)).rejects.toThrow('not available');
});
