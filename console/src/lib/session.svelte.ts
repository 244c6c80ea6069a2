// Who is here, and what they may do. One source: GET /v1/session.
import { call, credentials } from './api';
import type { Calendar } from './calendar';
import type { Digits } from './digits';
import { firstLocale, languageNames, locale, setLocale, type Language } from './i18n.svelte';
import { setTheme, type Theme } from './theme';

export type Role = 'owner' | 'manager' | 'agent' | 'analyst';
export type Right = 'OPEN' | 'SELF' | 'FIGURES' | 'READ' | 'WRITE' | 'MANAGE' | 'ADMIN';

export interface User {
  id: string;
  name: string;
  email: string;
  role: Role;
  language?: Language | '' | null;
  calendar?: Calendar | '' | null;
  digits?: Digits | '' | null;
  theme?: Theme | '' | null;
}
export interface Business {
  name: string;
  currency: string;
  timezone: string;
  offsets: { from: string; offset_s: number }[];
  offsets_until: string;
  language: Language;
  calendar: Calendar;
  digits: Digits;
}
export interface SessionAnswer {
  state: 'signed_in' | 'signed_out' | 'nobody_yet' | 'local';
  user: User | null;
  business: Business | null;
  csrf?: string | null;
  oidc?: { name: string } | null;
}

const rights: Record<Role, Right[]> = {
  owner: ['OPEN', 'SELF', 'FIGURES', 'READ', 'WRITE', 'MANAGE', 'ADMIN'],
  manager: ['OPEN', 'SELF', 'FIGURES', 'READ', 'WRITE', 'MANAGE'],
  agent: ['OPEN', 'SELF', 'FIGURES', 'READ', 'WRITE'],
  analyst: ['OPEN', 'SELF', 'FIGURES'],
};

class Session {
  state = $state<SessionAnswer['state'] | 'loading' | 'unreachable'>('loading');
  user = $state.raw<User | null>(null);
  business = $state.raw<Business | null>(null);
  oidc = $state.raw<{ name: string } | null>(null);
  readonly open = $derived(this.state === 'signed_in' || this.state === 'local');
  readonly role = $derived<Role | null>(this.state === 'local' ? 'owner' : (this.user?.role ?? null));

  /** Takes an answer over: rights, language, colours. */
  async take(a: SessionAnswer): Promise<void> {
    credentials.csrf = a.csrf ?? '';
    this.user = a.user;
    this.business = a.business;
    this.oidc = a.oidc ?? null;
    if (a.business?.timezone) {
      locale.timezone = zone(a.business.timezone);
      locale.offsetsUntil = Date.parse(a.business.offsets_until);
      locale.offsets = a.business.offsets.map((o) => ({ from: Date.parse(o.from), ms: o.offset_s * 1000 }));
    }
    if (a.user) setTheme(a.user.theme || 'system');
    const base = a.state === 'signed_in' || a.state === 'local' ? (a.business ?? firstLocale()) : firstLocale();
    const u = a.user;
    const language = (u?.language || base.language) as Language;
    await setLocale({
      language: language in languageNames ? language : 'en',
      calendar: u?.calendar || base.calendar,
      digits: u?.digits || base.digits,
    });
    this.state = a.state;
  }

  async load(): Promise<void> {
    const { data, error } = await call<SessionAnswer>('GET', '/v1/session');
    if (data) return this.take(data);
    if (this.state === 'loading' || error?.error.code !== 'offline') {
      if (this.state === 'loading') await setLocale(firstLocale());
      this.state = 'unreachable';
    }
  }

  /** The server no longer knows us: sign in, then back to where one was. */
  ended(): void {
    if (this.state !== 'signed_in') return;
    this.state = 'signed_out';
    this.user = null;
    credentials.csrf = '';
  }

  async signOut(): Promise<void> {
    await call('DELETE', '/v1/session');
    this.ended();
    this.tell();
    await this.load();
  }

  /** Tells the other tabs that somebody came or went. */
  tell(): void {
    this.#tabs?.postMessage('changed');
  }
  #tabs: BroadcastChannel | null = null;

  constructor() {
    if (!('BroadcastChannel' in globalThis)) return;
    this.#tabs = new BroadcastChannel('rebound-session');
    this.#tabs.onmessage = () => void this.load();
  }
}

function zone(name: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return name;
  } catch {
    return 'UTC';
  }
}

export const session = new Session();
credentials.signedOut = () => session.ended();
credentials.renew = async () => {
  const before = session.user?.id;
  await session.load();
  return session.user?.id === before;
};

/** May the person do what needs this right? The server decides; this only keeps out of sight what it would refuse. */
export function may(right: Right): boolean {
  return session.role !== null && rights[session.role].includes(right);
}
