// Names of things in the person's language: countries, languages, stages.
import type { components } from '../../gen/api';
import { locale, t, tOr } from '../../lib/i18n.svelte';
import { phoneText } from '../../lib/today';

export type Row = components['schemas']['Customer'];
export type View = components['schemas']['CustomerView'];
export type Event = components['schemas']['Event'];
/** Tells what was done, with the act or the step that takes it back. */
export type Did = (text: string, back?: string | (() => Promise<void>)) => Promise<void>;
export type Stage = 'prospect' | 'new' | 'active' | 'slowing' | 'lost';
export const stages: Stage[] = ['active', 'new', 'slowing', 'lost', 'prospect'];
export const stageTone: Record<Stage, string> = { prospect: '', new: 'info', active: 'good', slowing: 'warn', lost: 'bad' };

function name(code: string, type: 'region' | 'language'): string {
  try {
    return new Intl.DisplayNames([locale.tag], { type, fallback: 'code' }).of(code) ?? code;
  } catch {
    return code;
  }
}
export const country = (code: string): string => (code ? name(code, 'region') : '');
export const language = (code: string): string => (code ? name(code, 'language') : '');

/** What to call somebody who may have no name. */
export function called(c: { id: string; name: string; email: string; phone: string }): string {
  return c.name || c.email || phoneText(c.phone) || t('customer.nameless', { id: c.id.slice(-6) });
}

export const stageName = (s: Stage): string => t(`customers.stage_${s}` as const);

/** A word the server uses as a name, such as a channel; what is not known stays as it is. */
export const channel = (word: string): string => tOr(`customer.channel_${word}`, word);
export const purpose = (word: string): string => tOr(`customer.purpose_${word}`, word);

/** What speaks for two being one: the server's short phrases, in the person's language where the catalogue has them. */
export const evidence = (text: string): string =>
  text
    .split(/; |, /)
    .map((x) => tOr(`customer.evidence_${x.replace(/ \(.*/, '').replaceAll(/[ -]/g, '_')}`, x))
    .join(' · ');
