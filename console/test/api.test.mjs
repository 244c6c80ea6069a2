import assert from 'node:assert/strict';
import test from 'node:test';
import { api, call } from '../src/lib/api.ts';

// A server that answers when it is told to, and counts.
const asked = [];
globalThis.fetch = (r) => new Promise((answer) => asked.push({ r, answer: () => answer(Response.json({ n: asked.length })) }));
const turn = () => new Promise((r) => setTimeout(r));

test('a write that is pressed again while it is on its way is sent once, and both hear its answer', async () => {
  const twice = [api.POST('/v1/causes', { body: { parent: 'other' } }), api.POST('/v1/causes', { body: { parent: 'other' } })];
  const another = call('POST', '/v1/causes', { parent: 'delivery' });
  await turn();
  assert.equal(asked.length, 2);
  asked.forEach((one) => one.answer());
  const [first, second] = await Promise.all(twice);
  assert.deepEqual(first.data, second.data);
  await another;
  const later = api.POST('/v1/causes', { body: { parent: 'other' } });
  await turn();
  assert.equal(asked.length, 3, 'what was answered may be said again');
  asked[2].answer();
  await later;
});

test('questions are each asked: only the newest answer knows of what has just changed', async () => {
  asked.length = 0;
  const both = [api.GET('/v1/causes'), api.GET('/v1/causes')];
  await turn();
  assert.equal(asked.length, 2);
  asked.forEach((one) => one.answer());
  await Promise.all(both);
});
