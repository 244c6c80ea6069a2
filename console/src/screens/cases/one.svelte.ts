// One case on the screen: read, written to, kept up to date. Each write says what was last seen; where a colleague was quicker, what they did is
// shown and nothing that was typed is lost.
import { call, errorCode, say } from '../../lib/api';
import { answered, keyOf } from '../../lib/formkey';
import { t } from '../../lib/i18n.svelte';
import { toast } from '../../lib/toast.svelte';
import type { Case, CaseEvent, Colleague } from './types';

export class One {
  number = $state('');
  c = $state.raw<Case | null>(null);
  /** What was read since, and waits to be shown. */
  newer = $state.raw<Case | null>(null);
  fault = $state<unknown>(null);
  busy = $state(false);
  /** What colleagues did that whoever writes here had not seen. */
  conflict = $state.raw<{ events: CaseEvent[]; again: () => Promise<Case | null> } | null>(null);
  people = $state.raw<Colleague[]>([]);
  now = $state(Date.now());
  /** A sentence that goes into the answer that is being written. */
  saying = $state('');
  #turn = 0;
  #loading = 0; // what is heard meanwhile must not overtake it: it would wait to be shown instead of standing there

  async read(): Promise<Case | null> {
    const turn = ++this.#turn;
    const { data, error } = await call<Case>('GET', `/v1/cases/${this.number}`);
    if (turn !== this.#turn) return null;
    if (data) {
      this.now = Date.now();
      return data;
    }
    if (!this.c && errorCode(error) !== 'stopped') this.fault = error;
    return null;
  }
  async load(): Promise<void> {
    this.#loading++;
    const data = await this.read().finally(() => this.#loading--);
    if (!data) return;
    this.fault = null;
    this.newer = null;
    this.c = data;
  }
  async loadPeople(): Promise<void> {
    if (this.people.length) return;
    const { data } = await call<{ people: Colleague[] }>('GET', '/v1/people');
    if (data) this.people = data.people;
  }
  /** Somebody else wrote: shown at once where only clocks moved, else when the reader asks for it. */
  async heard(): Promise<void> {
    if (this.busy || this.#loading || !this.c) return;
    const data = await this.read();
    if (!data || !this.c) return;
    if (data.seq === this.c.seq) this.c = data;
    else if (data.seq > this.c.seq) this.newer = data;
  }
  show(): void {
    if (this.newer) this.c = this.newer;
    this.newer = null;
    this.conflict = null;
  }

  /** Writes; gives the case as it is then, or null when it was refused (the fault then stands in `fault`, or the conflict is shown). */
  async act(what: string, body: Record<string, unknown> = {}, done = ''): Promise<Case | null> {
    if (this.busy || !this.c) return null;
    this.busy = true;
    this.fault = null;
    const seen = this.c.seq;
    const number = this.number;
    const path = `/v1/cases/${number}/${what}`;
    const { data, error } = await call<Case>('POST', path, { ...body, seen, key: keyOf(path, body) });
    if (!error) answered(path, body);
    this.busy = false;
    if (number !== this.number) {
      // Another case is shown by now, which this answer says nothing about.
      if (error) toast(say(error), { tone: 'bad' });
      else if (done) toast(done);
      return data ?? null;
    }
    if (data && typeof data === 'object' && 'seq' in data) {
      this.c = data;
      this.newer = null;
      this.conflict = null;
      this.now = Date.now();
      if (done) toast(done);
      return data;
    }
    if (!error) {
      await this.load();
      if (done) toast(done);
      return this.c;
    }
    if (errorCode(error) === 'case_changed') {
      const latest = await this.read();
      const events = latest?.events.filter((e) => e.seq > seen) ?? [];
      if (latest) this.c = latest;
      this.newer = null;
      this.conflict = { events, again: () => this.act(what, body, done) };
      return null;
    }
    this.fault = error;
    return null;
  }
  may(event: string): boolean {
    return this.c?.next.includes(event) ?? false;
  }
  said(): string {
    return this.fault ? say(this.fault) : '';
  }
}

/** Who did something, in a word. */
export function doer(e: CaseEvent): string {
  if (e.who.kind === 'customer' || e.who.kind === 'mail') return t('case.by_customer');
  if (e.who.kind === 'rule') return t('case.by_rule');
  return e.who.name;
}
