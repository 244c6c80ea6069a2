// Long work of the server, followed everywhere: the line in the bar, progress of imports and fits.
import { api } from './api';
import { live, type Notice } from './live.svelte';

export type JobState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
export interface Job {
  job_id: string;
  kind: string;
  state: JobState;
  progress: number;
  message: string;
  /** What it does just now, as data: `key`, and with it rows, per_second, seconds_left. */
  detail?: Record<string, unknown> | null;
  /** What it is about: a file's name. */
  subject?: string | null;
  upload?: string | null;
  result?: unknown;
  error?: { code: string; detail: string; next?: string; reason?: string } | null;
  stopping?: boolean;
  created?: string;
  started?: string | null;
  finished?: string | null;
}

export function ended(job: Job): boolean {
  return job.state === 'done' || job.state === 'failed' || job.state === 'cancelled';
}

class Jobs {
  #all = $state<Record<string, Job>>({});
  readonly running = $derived(
    Object.values(this.#all)
      .filter((j) => !ended(j))
      .sort((a, b) => (a.state === b.state ? 0 : a.state === 'running' ? -1 : 1)),
  );
  #waiting = new Map<string, ((job: Job) => void)[]>();
  #stops: (() => void)[] = [];

  get(id: string): Job | undefined {
    return this.#all[id];
  }

  start(): void {
    if (this.#stops.length) return;
    this.#stops = [live.on('job', (d) => this.#notice(d)), live.on('resync', () => void this.read())];
    void this.read();
  }

  stop(): void {
    for (const s of this.#stops) s();
    this.#stops = [];
    this.#all = {};
  }

  /** What runs or waits now, and how what we watched has ended meanwhile. */
  async read(): Promise<void> {
    const seen = new Set<string>();
    for (const state of ['running', 'waiting'] as const) {
      const { data } = await api.GET('/v1/jobs', { params: { query: { state } } });
      if (!data) return;
      for (const j of data.jobs as Job[]) {
        seen.add(j.job_id);
        this.put(j);
      }
    }
    for (const j of Object.values(this.#all)) if (!ended(j) && !seen.has(j.job_id)) void this.refresh(j.job_id);
  }

  /** Takes a job over as the server gave it. */
  put(job: Job): void {
    const before = this.#all[job.job_id];
    if (before && ended(before) && !ended(job)) return; // an older word that came later
    this.#all[job.job_id] = job;
    if (!ended(job)) return;
    for (const fn of this.#waiting.get(job.job_id) ?? []) fn(job);
    this.#waiting.delete(job.job_id);
  }

  async refresh(id: string): Promise<Job | undefined> {
    const { data } = await api.GET('/v1/jobs/{job_id}', { params: { path: { job_id: id } } });
    if (data) this.put(data as Job);
    return this.#all[id];
  }

  /** The job when it has ended, with its result. */
  async end(id: string): Promise<Job> {
    const now = await this.refresh(id);
    if (now && ended(now)) return now;
    return new Promise((done) => this.#waiting.set(id, [...(this.#waiting.get(id) ?? []), done]));
  }

  #notice(d: Notice): void {
    const id = String(d.job_id ?? '');
    if (!id) return;
    const state = d.state as JobState;
    if (state === 'waiting' || state === 'running') {
      this.put({
        ...(this.#all[id] ?? {}),
        job_id: id,
        kind: String(d.kind ?? ''),
        state,
        progress: Number(d.progress ?? 0),
        message: String(d.message ?? ''),
        detail: (d.detail as Record<string, unknown> | null) ?? null,
      });
    } else void this.refresh(id); // the result is not in the notice
  }
}

export const jobs = new Jobs();
