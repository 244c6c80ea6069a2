// The typed client of the server. No call throws: a server that cannot be reached is an error like the others, with code "offline".
import type { Client } from 'openapi-fetch';
import type { paths } from '../gen/api';
import { locale, tOr } from './i18n.svelte';

export interface ApiError {
  error: { code: string; detail: string; next?: string };
}

/** What the session knows and every request needs; filled by session.svelte.ts. */
export const credentials = { csrf: '', signedOut: () => {}, renew: async () => false };

/** The server's word on the connection, for the quiet line that says it is lost. */
export const link = { failed: () => {}, worked: () => {} };

function failure(status: number, code: string, detail: string): Response {
  return new Response(JSON.stringify({ error: { code, detail } }), { status, headers: { 'Content-Type': 'application/json' } });
}

function send(input: Request): Promise<Response> {
  const headers = new Headers(input.headers);
  headers.set('Accept-Language', locale.tag);
  if (input.method !== 'GET') {
    headers.set('X-Requested-With', 'rebound');
    if (credentials.csrf) headers.set('X-Rebound-CSRF', credentials.csrf);
  }
  return fetch(new Request(input, { headers, credentials: 'same-origin' }));
}

async function codeOf(answer: Response): Promise<string> {
  return errorCode(await answer.clone().json().catch(() => null));
}

/** fetch with the headers every request needs; an unreachable server answers 503 "offline", a stopped request 503 "stopped". */
export async function request(input: Request): Promise<Response> {
  const again = input.body instanceof ReadableStream || input.method !== 'GET' ? input.clone() : input;
  try {
    let answer = await send(input);
    link.worked();
    if (answer.status === 403 && (await codeOf(answer)) === 'csrf') {
      // The session was renewed in another tab: take over its word and try once more. Never in the name of somebody else who signed in there.
      if (await credentials.renew()) answer = await send(again);
    }
    if (answer.status === 401 && (await codeOf(answer)) === 'signed_out') credentials.signedOut();
    if (!answer.ok && !(answer.headers.get('Content-Type') ?? '').includes('json'))
      return failure(answer.status, answer.status >= 500 ? 'busy' : 'internal', `HTTP ${answer.status}`);
    return answer;
  } catch (e) {
    if (e instanceof DOMException && e.name === 'AbortError') return failure(503, 'stopped', 'The request was stopped.');
    link.failed();
    return failure(503, 'offline', 'The server cannot be reached.');
  }
}

interface Options {
  params?: { path?: Record<string, unknown>; query?: Record<string, unknown> };
  body?: unknown;
  headers?: HeadersInit;
  signal?: AbortSignal;
  parseAs?: 'json' | 'text' | 'blob';
}

/** Writes that are on their way. Pressed twice over a slow net, a button has done its work once: the second press gets the first one's answer. */
const underway = new Map<string, ReturnType<typeof exchange>>();

function ask(method: string, path: string, o: Options = {}) {
  if (method === 'GET' || o.body instanceof Blob || o.signal) return exchange(method, path, o);
  const what = JSON.stringify([method, path, o.params, o.body, o.parseAs]);
  const first = underway.get(what);
  if (first) return first;
  const answer = exchange(method, path, o).finally(() => underway.delete(what));
  underway.set(what, answer);
  return answer;
}

async function exchange(method: string, path: string, o: Options) {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(o.params?.path?.[name])));
  const url = new URL(filled, location.origin);
  for (const [name, value] of Object.entries(o.params?.query ?? {}))
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined && one !== null) url.searchParams.append(name, String(one));
  const headers = new Headers(o.headers);
  const init: RequestInit = { method, headers };
  if (o.signal) init.signal = o.signal;
  if (o.body !== undefined) {
    const raw = o.body instanceof Blob;
    init.body = raw ? (o.body as Blob) : JSON.stringify(o.body);
    if (!raw && !headers.has('Content-Type')) headers.set('Content-Type', 'application/json');
  }
  const response = await request(new Request(url, init));
  if (response.ok && o.parseAs && o.parseAs !== 'json') return { data: await response[o.parseAs](), response };
  const text = await response.text();
  try {
    const json: unknown = text === '' ? undefined : JSON.parse(text);
    return response.ok ? { data: json, response } : { error: json, response };
  } catch {
    return { error: { error: { code: 'internal', detail: text.slice(0, 200) } }, response };
  }
}

/** openapi-fetch's interface, so that every call is typed by the server's description; its code is not needed for that. */
export const api = Object.fromEntries(
  ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((m) => [m, (path: string, o?: Options) => ask(m, path, o)]),
) as unknown as Client<paths>;

export interface Answer<T> {
  data?: T;
  error?: ApiError;
  status: number;
}

/** The same for an address by its path, JSON in and out. */
export async function call<T = unknown>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
  const { data, error, response } = (await ask(method, path, { body })) as { data?: T; error?: ApiError; response: Response };
  return error ? { error, status: response.status } : { data: data as T, status: response.status };
}

export function errorCode(error: unknown): string {
  const e = (error as Partial<ApiError> | null | undefined)?.error;
  return typeof e === 'object' && e !== null && typeof e.code === 'string' ? e.code : 'internal';
}

// Errors whose general sentence says too little by itself: English readers get the server's exact words instead.
const general = new Set(['bad_input', 'usage', 'conflict', 'limit', 'too_little_data', 'password', 'internal', 'store', 'io']);

/** An error in the person's language, with what to do next. */
export function say(error: unknown): string {
  if (error === null || error === undefined) return '';
  const code = errorCode(error);
  if (code === 'stopped') return '';
  const e = (error as Partial<ApiError>).error;
  const english = [e?.detail, e?.next].filter(Boolean).join(' ');
  if (locale.language === 'en' && english && general.has(code)) return english;
  return tOr(`error.${code}`, english || code);
}
