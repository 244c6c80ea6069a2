// Files on their way to the server: in parts, so that a broken connection or a closed page costs one part and not the file. The same file
// chosen again goes on where it stopped; the server keeps for a day what has come.
import { api, call, request, type ApiError } from '../../lib/api';
import type { Upload } from './words';

const PART_MOST = 8 << 20;
const PART_LEAST = 256 << 10;
const TRIES = 6;

export interface Sending {
  name: string;
  done: number;
  total: number;
}

class Uploads {
  /** Chosen and not begun yet; they come one after another. */
  queue = $state.raw<File[]>([]);
  sending = $state.raw<Sending | null>(null);
  #stop: AbortController | null = null;

  /** Takes files; the caller begins with the first. */
  add(files: Iterable<File>): void {
    this.queue = [...this.queue, ...files];
  }

  take(): File | undefined {
    const [first, ...rest] = this.queue;
    this.queue = rest;
    return first;
  }

  cancel(): void {
    this.#stop?.abort();
  }

  /** Sends one file; `null` when it was cancelled. */
  async send(file: File): Promise<{ upload?: Upload; error?: unknown } | null> {
    const stop = (this.#stop = new AbortController());
    this.sending = { name: file.name, done: 0, total: file.size };
    try {
      return await this.#parts(file, stop.signal);
    } finally {
      this.sending = null;
      this.#stop = null;
    }
  }

  async #parts(file: File, signal: AbortSignal): Promise<{ upload?: Upload; error?: unknown } | null> {
    // An empty file cannot come in parts; the server says what is wrong with it.
    if (file.size === 0) return this.#whole(file);
    const before = await this.#begun(file);
    if (before?.complete) return { upload: before };
    let upload: Upload;
    if (before) {
      upload = before;
    } else {
      const query = new URLSearchParams({ name: file.name, total: String(file.size), modified: String(file.lastModified) });
      const made = await call<Upload>('POST', `/v1/uploads?${query}`);
      if (!made.data) return { error: made.error };
      upload = made.data;
    }
    const part = Math.min(PART_MOST, Math.max(PART_LEAST, Math.ceil(file.size / 40)));
    let tries = 0;
    while (upload.bytes < file.size) {
      if (signal.aborted) return null;
      this.sending = { name: file.name, done: upload.bytes, total: file.size };
      const answer = await this.#put(upload, file.slice(upload.bytes, upload.bytes + part), signal);
      if (signal.aborted) return null;
      if (answer.upload) {
        upload = answer.upload;
        tries = 0;
        continue;
      }
      if (++tries === TRIES || (answer.status !== 409 && answer.status < 500 && answer.status !== 429)) return { error: answer.error };
      await new Promise((done) => setTimeout(done, Math.min(8000, 300 * 2 ** tries)));
      const now = await call<Upload>('GET', `/v1/uploads/${upload.upload}`);
      if (now.data) upload = now.data;
    }
    return { upload };
  }

  /** The same file that came in part before. */
  async #begun(file: File): Promise<Upload | undefined> {
    const { data } = await api.GET('/v1/uploads');
    return data?.uploads.find((u) => u.modified === file.lastModified && u.total === file.size && u.name === file.name && !u.import_job);
  }

  async #put(u: Upload, part: Blob, signal: AbortSignal): Promise<{ upload?: Upload; error?: unknown; status: number }> {
    const to = new URL(`/v1/uploads/${u.upload}?offset=${u.bytes}`, location.origin);
    const answer = await request(new Request(to, { method: 'PUT', body: part, signal, headers: { 'Content-Type': 'application/octet-stream' } }));
    const json: unknown = await answer.json().catch(() => null);
    return answer.ok ? { upload: json as Upload, status: answer.status } : { error: json as ApiError, status: answer.status };
  }

  async #whole(file: File): Promise<{ upload?: Upload; error?: unknown }> {
    const to = new URL(`/v1/uploads?${new URLSearchParams({ name: file.name })}`, location.origin);
    const answer = await request(new Request(to, { method: 'POST', body: file, headers: { 'Content-Type': 'application/octet-stream' } }));
    const json: unknown = await answer.json().catch(() => null);
    return answer.ok ? { upload: json as Upload } : { error: json };
  }
}

export const uploads = new Uploads();

/** Should the mapping of an upload be remembered? Until the page is left; yes unless told otherwise. */
export const remembering = $state<Record<string, boolean>>({});
