// Live notices. One tab of the browser holds the stream (a Web Lock says which) and hands every notice to the others (BroadcastChannel), so
// that any number of tabs takes one connection. Notices are numbered: whoever takes over goes on after the last number it has seen, the
// server tells again what was missed, and a number is never handed on twice. When the server cannot tell it any more, or nobody knows
// where to go on, the topic `resync` says: read anew what you show.
import { credentials, link } from './api';

export type Notice = Record<string, unknown>;
export type Listener = (data: Notice, topic: string) => void;
type Message =
  | { kind: 'notice'; number: number; topic: string; data: Notice }
  | { kind: 'state'; state: LinkState; last: number }
  | { kind: 'ask' };
export type LinkState = 'connecting' | 'open' | 'lost';

const LOCK = 'rebound-live';
const SILENCE_MS = 45_000; // the server says something every 15 s
const WAITS_MS = [300, 1000, 2000, 4000, 8000, 15_000];

class Live {
  /** 'lost' after a moment without a connection; shown as one quiet line. */
  state = $state<LinkState>('connecting');
  #last = 0;
  #started = false;
  #leader = false;
  #listeners = new Map<string, Set<Listener>>();
  #channel: BroadcastChannel | null = null;
  #stop = new AbortController();
  #nudge: () => void = () => {};
  #lostTimer: ReturnType<typeof setTimeout> | undefined;

  /** Hears a topic ('job', 'customer', 'act', ..., 'resync', or '*' for all). Returns how to end it; call it in an $effect. */
  on(topic: string, fn: Listener): () => void {
    let set = this.#listeners.get(topic);
    if (!set) this.#listeners.set(topic, (set = new Set()));
    set.add(fn);
    return () => set.delete(fn);
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#stop = new AbortController();
    if ('BroadcastChannel' in globalThis) {
      this.#channel = new BroadcastChannel('rebound-live');
      this.#channel.onmessage = (e: MessageEvent<Message>) => this.#hear(e.data);
      this.#channel.postMessage({ kind: 'ask' } satisfies Message);
    }
    addEventListener('online', this.#wake);
    document.addEventListener('visibilitychange', this.#wake);
    const signal = this.#stop.signal;
    // Without locks (plain HTTP from another machine) each tab has a stream of its own.
    if (navigator.locks) navigator.locks.request(LOCK, { signal }, () => this.#hold(signal)).catch(() => {});
    else void this.#hold(signal);
  }

  stop(): void {
    if (!this.#started) return;
    this.#started = false;
    this.#leader = false;
    this.#stop.abort();
    this.#nudge();
    this.#channel?.close();
    this.#channel = null;
    removeEventListener('online', this.#wake);
    document.removeEventListener('visibilitychange', this.#wake);
    clearTimeout(this.#lostTimer);
    this.#lostTimer = undefined;
    this.state = 'connecting';
  }

  /** Try again now. */
  retry(): void {
    this.#nudge();
  }

  #wake = (): void => {
    if (document.visibilityState === 'visible') this.#nudge();
  };

  #hear(m: Message): void {
    if (m.kind === 'notice') this.#take(m.number, m.topic, m.data);
    else if (m.kind === 'state') {
      this.#setState(m.state);
      // A tab that has just come has read everything anew: it goes on from where the others are.
      if (this.#last === 0) this.#last = m.last;
    } else if (this.#leader) this.#tellState();
  }

  #take(number: number, topic: string, data: Notice): void {
    if (topic !== 'resync' && number > 0 && number <= this.#last) return;
    if (number > 0) this.#last = number;
    for (const name of [topic, '*']) for (const fn of [...(this.#listeners.get(name) ?? [])]) fn(data, topic);
  }

  #give(number: number, topic: string, data: Notice): void {
    if (topic !== 'resync' && number > 0 && number <= this.#last) return;
    this.#channel?.postMessage({ kind: 'notice', number, topic, data } satisfies Message);
    this.#take(number, topic, data);
  }

  #setState(state: LinkState): void {
    if (state === 'lost') {
      // A restart that is over in a second needs no word.
      this.#lostTimer ??= setTimeout(() => (this.state = 'lost'), 1200);
      return;
    }
    clearTimeout(this.#lostTimer);
    this.#lostTimer = undefined;
    this.state = state;
  }

  #tellState(): void {
    this.#channel?.postMessage({ kind: 'state', state: this.#linked, last: this.#last } satisfies Message);
  }
  #linked: LinkState = 'connecting';

  #become(state: LinkState): void {
    this.#linked = state;
    this.#setState(state);
    this.#tellState();
  }

  async #hold(signal: AbortSignal): Promise<void> {
    this.#leader = true;
    let failures = 0;
    let before = this.#last > 0; // was there ever a stream whose end may have hidden something?
    while (!signal.aborted) {
      const opened = await this.#read(signal, before).catch(() => false);
      if (signal.aborted) return;
      if (opened) {
        failures = 0;
        before = true;
      }
      this.#become('lost');
      const wait = (WAITS_MS[Math.min(failures, WAITS_MS.length - 1)] as number) * (0.8 + 0.4 * Math.random());
      failures++;
      await new Promise<void>((done) => {
        const timer = setTimeout(done, wait);
        this.#nudge = () => {
          clearTimeout(timer);
          done();
        };
      });
      this.#nudge = () => {};
    }
  }

  /** Reads the stream until it ends; true when it was opened at all. */
  async #read(outer: AbortSignal, before: boolean): Promise<boolean> {
    const here = new AbortController();
    const abort = () => here.abort();
    outer.addEventListener('abort', abort);
    let silence = setTimeout(abort, SILENCE_MS);
    let opened = false;
    try {
      const headers: Record<string, string> = { Accept: 'text/event-stream', 'X-Requested-With': 'rebound' };
      if (this.#last > 0) headers['Last-Event-ID'] = String(this.#last);
      const answer = await fetch('/v1/events', { headers, signal: here.signal, cache: 'no-store' });
      if (answer.status === 401) credentials.signedOut();
      if (!answer.ok || !answer.body) throw new Error(`HTTP ${answer.status}`);
      opened = true;
      this.#become('open');
      // Something was missed and there is no number to go on from.
      if (before && this.#last === 0) this.#give(0, 'resync', {});
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        clearTimeout(silence);
        silence = setTimeout(abort, SILENCE_MS);
        text += value;
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
          this.#block(text.slice(0, end));
          text = text.slice(end + 2);
        }
      }
    } catch {
      // The stream has ended; whoever called tries again.
    } finally {
      clearTimeout(silence);
      outer.removeEventListener('abort', abort);
    }
    return opened;
  }

  #block(block: string): void {
    let number = 0;
    let topic = '';
    let data = '';
    for (const line of block.split('\n')) {
      if (line.startsWith('id:')) number = Number(line.slice(3));
      else if (line.startsWith('event:')) topic = line.slice(6).trim();
      else if (line.startsWith('data:')) data += line.slice(5);
    }
    if (topic === '') {
      if (number > this.#last) this.#last = number;
      return;
    }
    try {
      this.#give(number, topic, JSON.parse(data) as Notice);
    } catch {
      // a notice that is no JSON is no notice
    }
  }
}

export const live = new Live();
link.worked = () => {
  if (live.state === 'lost') live.retry();
};
