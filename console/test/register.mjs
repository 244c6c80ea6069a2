import { register } from 'node:module';

register('./hooks.mjs', import.meta.url);
// The few things of a browser that modules touch when they are loaded.
const nothing = () => {};
globalThis.location ??= { hash: '', origin: 'http://127.0.0.1' };
globalThis.navigator ??= { languages: ['en'], language: 'en' };
globalThis.history ??= { state: null, replaceState: nothing, pushState: nothing };
globalThis.addEventListener ??= nothing;
globalThis.document ??= { documentElement: { dataset: {} }, addEventListener: nothing, querySelector: () => null };
