// The typed client of the server. No call throws: a server that cannot be reached is an error like the others, with code "offline".
import createClient from 'openapi-fetch';
import type { paths } from '../gen/api';
import { locale, tOr } from './i18n.svelte';

export interface ApiError {
  error: { code: string; detail: string; next?: string };
}

/** What the session knows and every request needs; filled by session.svelte.ts. */
export const credentials = { csrf: '', signedOut: () => {}, renew: async () => {} };

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
      // The session was renewed in another tab: take over its word and try once more.
      await credentials.renew();
      answer = await send(again);
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

export const api = createClient<paths>({ baseUrl: location.origin, fetch: request });

export interface Answer<T> {
  data?: T;
  error?: ApiError;
  status: number;
}

/** The same for an address by its path, JSON in and out. */
export async function call<T = unknown>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
  const init: RequestInit = { method };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { 'Content-Type': 'application/json' };
  }
  const answer = await request(new Request(new URL(path, location.origin), init));
  const text = await answer.text();
  let json: unknown;
  try {
    json = text === '' ? undefined : JSON.parse(text);
  } catch {
    return { error: { error: { code: 'internal', detail: text.slice(0, 200) } }, status: answer.status };
  }
  if (answer.ok) return { data: json as T, status: answer.status };
  return { error: json as ApiError, status: answer.status };
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
