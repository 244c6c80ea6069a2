// The settings of the business as the server tells them, and how one of them is changed: at once, with a way back.
import { api, say } from '../../lib/api';
import { count, day, decimal, money, percent } from '../../lib/format';
import { t, tOr } from '../../lib/i18n.svelte';
import { may, session } from '../../lib/session.svelte';
import { toast } from '../../lib/toast.svelte';
import type { components } from '../../gen/api';

export type Setting = components['schemas']['Setting'];
export interface Wish {
  key: string;
  value: string | number | null;
}

/** How a number is shown and typed. */
export type Unit = 'share' | 'percent' | 'money' | 'minutes' | 'hours' | 'days' | 'years' | 'times' | 'plain';

const units: Record<string, Unit> = {
  margin_rate: 'share',
  discount_rate_year: 'share',
  drift_ratio: 'times',
  unusual_ratio: 'times',
  session_idle_minutes: 'minutes',
  session_hours: 'hours',
  survey_after_hours: 'hours',
  erase_silent_years: 'years',
  keep_audit_years: 'years',
  feedback_from_days: 'plain',
  feedback_until_days: 'plain',
};

export function unitOf(key: string): Unit {
  if (key in units) return units[key] as Unit;
  if (/^(leave_unheard|reach_would_buy|reach_stopped)/.test(key)) return 'share';
  if (key.startsWith('effect_') && key !== 'effect_half_life_days') return 'share';
  if (key.startsWith('holdout_percent')) return 'percent';
  if (key.endsWith('_minor')) return 'money';
  if (key.startsWith('minutes_') || key === 'capacity_minutes_per_day') return 'minutes';
  return key.endsWith('_days') ? 'days' : 'plain';
}

export const name = (key: string): string => tOr(`settings.k_${key}`, key);
export const help = (key: string): string => tOr(`settings.h_${key}`, '');

class Store {
  all = $state.raw<Map<string, Setting>>(new Map());
  fault = $state('');
  readonly loaded = $derived(this.all.size > 0);
  readonly currency = $derived(String(this.all.get('currency')?.value ?? 'EUR'));
  readonly mayChange = $derived(may('MANAGE'));

  #turn = 0;
  #last: Promise<unknown> = Promise.resolve();

  async load(): Promise<void> {
    const turn = ++this.#turn;
    const { data, error } = await api.GET('/v1/settings');
    if (turn !== this.#turn) return; // asked again meanwhile: that answer holds
    if (data) {
      this.all = new Map(data.settings.map((s) => [s.key, s]));
      this.fault = '';
    } else if (!this.loaded) this.fault = say(error);
  }

  get(key: string): Setting | undefined {
    return this.all.get(key);
  }

  /** Saves several, all or none, and offers the way back. '' when it went well, else what went wrong, in words. One after the other: over a slow
   *  net an earlier wish must not come last. */
  save(wishes: Wish[], what: string, after?: () => Promise<void>): Promise<string> {
    const done = this.#last.then(() => this.#save(wishes, what, after));
    this.#last = done;
    return done;
  }
  async #save(wishes: Wish[], what: string, after?: () => Promise<void>): Promise<string> {
    const back: Wish[] = wishes.map(({ key }) => {
      const s = this.get(key);
      return { key, value: s?.origin === 'set' ? (s.value as string | number) : null };
    });
    const { error } = await api.PATCH('/v1/settings', { body: { settings: wishes } });
    if (error) return say(error);
    await this.load();
    await after?.();
    toast(t('settings.saved', { name: what }), {
      undo: async () => {
        const undone = await api.PATCH('/v1/settings', { body: { settings: back } });
        await this.load();
        await after?.();
        if (undone.error) toast(say(undone.error), { tone: 'bad' });
        else toast(t('settings.undone', { name: what }));
      },
    });
    return '';
  }

  /** A value in words: "30%", "£12", "14 days". */
  shown(key: string, value: unknown): string {
    const n = Number(value);
    switch (unitOf(key)) {
      case 'share':
        return percent(n);
      case 'percent':
        return percent(n / 100);
      case 'money':
        return money(n, this.currency);
      case 'days':
        return t('unit.days', { count: n });
      default:
        return Number.isFinite(n) && value !== '' ? decimal(n, 4) : String(value);
    }
  }

  origin(s: Setting): string {
    if (s.origin !== 'set') return s.origin === 'assumed' ? t('settings.origin_assumed') : t('settings.origin_default');
    const at = s.set_at ? day(s.set_at) : '';
    const who = s.set_by === 'terminal' ? t('settings.by_terminal') : s.set_by === 'local' ? t('settings.by_local') : s.set_by;
    return who ? t('settings.origin_set_by', { day: at, who }) : t('settings.origin_set', { day: at });
  }
}

export const store = new Store();

/** After what decides how things are written has changed. */
export const reread = (): Promise<void> => session.load();

export { count };

// --- what is typed and not saved: the browser asks before the page goes; within the console leaving a field saves it ----------------------
const open = new Set<object>();
function ask(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
export function dirty(field: object, is: boolean): void {
  if (is) open.add(field);
  else open.delete(field);
  if (open.size) addEventListener('beforeunload', ask);
  else removeEventListener('beforeunload', ask);
}
