import assert from 'node:assert/strict';
import test from 'node:test';
import { live } from '../src/lib/live.svelte.ts';

// A server of a few lines: each connection is a list of blocks, after which it breaks off.
const asked = [];
let connections = [];
globalThis.fetch = async (_, { headers, signal }) => {
  asked.push(headers['Last-Event-ID'] ?? null);
  const blocks = connections.shift();
  if (!blocks) return new Promise((_, no) => signal.addEventListener('abort', () => no(new Error('stopped'))));
  if (blocks === 'refused') throw new TypeError('no connection');
  const body = new ReadableStream({
    start(c) {
      for (const b of blocks) c.enqueue(new TextEncoder().encode(b));
      c.close();
    },
  });
  return new Response(body, { status: 200 });
};
globalThis.document.visibilityState = 'visible';
globalThis.document.removeEventListener = globalThis.removeEventListener = () => {};
const until = async (done) => {
  for (let i = 0; i < 400 && !done(); i++) {
    live.retry(); // nobody has to wait for the pause before the next attempt
    await new Promise((r) => setTimeout(r, 5));
  }
  assert.ok(done(), 'this took too long');
};
const block = (id, topic, data) => `id: ${id}\nevent: ${topic}\ndata: ${JSON.stringify(data)}\n\n`;

test('a broken stream goes on after the last number; nothing is heard twice', async () => {
  const heard = [];
  const stops = ['job', 'customer', 'resync'].map((topic) => live.on(topic, (d, name) => heard.push([name, d.n ?? null])));
  connections = [
    ['retry: 2000\n\n', block(7, 'job', { n: 7 }), block(8, 'customer', { n: 8 }).slice(0, 20)], // broken within a notice
    'refused',
    [block(8, 'customer', { n: 8 }), ': still here\n\n', block(8, 'customer', { n: 8 }), block(9, 'act', { n: 9 })],
    [block(12, 'resync', {}), 'id: 13\nevent: job\nda', 'ta: {"n":13}\n\n', 'id: 14\nevent: job\ndata: {broken\n\n'],
  ];
  try {
    live.start();
    await until(() => asked.length >= 5);
  } finally {
    live.stop();
  }
  for (const stop of stops) stop();
  assert.deepEqual(heard, [['job', 7], ['customer', 8], ['resync', null], ['job', 13]]);
  assert.deepEqual(asked.slice(0, 5), [null, '7', '7', '9', '13']);
});
