// What the import's screens say alike: types of the API, and codes as words.
import type { components } from '../../gen/api';
import { errorCode, say, type ApiError } from '../../lib/api';
import { count, percent, span } from '../../lib/format';
import { known, locale, t, tOr } from '../../lib/i18n.svelte';
import type { Job } from '../../lib/jobs.svelte';

type Schemas = components['schemas'];
export type Look = Schemas['ImportLook'];
export type Plan = Schemas['ImportPlan'];
export type Result = Schemas['ImportResult'];
export type Upload = Schemas['Upload'];
export type Batch = Schemas['ImportBatch'];
export type Note = Schemas['ImportNote'];
export type RejectedRow = Schemas['RejectedRow'];
export type RejectedRows = Schemas['RejectedRows'];
export type Counts = Record<string, number>;

/** A message whose key and arguments came from the server. */
export function tAny(key: string, args: Record<string, unknown>, otherwise: string): string {
  return known(key) ? (t as (k: string, a: unknown) => string)(key, args) : otherwise;
}

export function note(n: Note): string {
  return tAny(`import.note.${n.key}`, n.args as Record<string, unknown>, n.text);
}

/** An error of a file, more exactly than its code alone. */
export function trouble(error: unknown): string {
  const reason = (error as Partial<ApiError & { error: { reason?: string } }> | null)?.error?.reason;
  return (reason && tOr(`import.trouble.${reason}`, '')) || say(error);
}

/** Where in the file it is, as the server (in English) says it: for whoever has to mend it. */
export function exact(error: unknown): string {
  const e = (error as Partial<ApiError & { error: { reason?: string } }> | null)?.error;
  return e?.reason?.startsWith('file_') && errorCode(error) !== 'offline' ? (e.detail ?? '') : '';
}

// Proper names are the same in every language.
const brands: Record<string, string> = {
  shopify_orders: 'Shopify',
  shopify_customers: 'Shopify',
  woocommerce_orders: 'WooCommerce',
  woocommerce_customers: 'WooCommerce',
  stripe_payments: 'Stripe',
  stripe_customers: 'Stripe',
  zendesk_tickets: 'Zendesk',
  zendesk_json_tickets: 'Zendesk',
  zendesk_json_users: 'Zendesk',
  zendesk_json_organizations: 'Zendesk',
  google_contacts: 'Google',
  vcard: 'vCard',
  hubspot_contacts: 'HubSpot',
  hubspot_deals: 'HubSpot',
  online_retail: 'Online Retail',
  cdnow: 'CDNOW',
  olist_orders: 'Olist',
};

export function recordsWord(records: string | null): string {
  return tOr(`import.records_${records ?? 'orders'}`, records ?? '');
}

export function profileWord(profile: string | null, records: string | null): string {
  const p = profile ?? '';
  records ??= /customers|contacts|vcard|users|organizations/.test(p) ? 'customers' : p.includes('tickets') ? 'tickets' : 'orders';
  const brand = brands[profile ?? ''];
  return brand
    ? t('import.profile', { brand, records: recordsWord(records) })
    : t('import.own_sheet', { records: recordsWord(records) });
}

/** A list of names in one sentence: “a”, “b” and “c”. */
export function list(names: string[]): string {
  const quoted = names.map((n) => (locale.language === 'en' ? `“\u2068${n}\u2069”` : `«\u2068${n}\u2069»`));
  return new Intl.ListFormat(locale.language, { type: 'conjunction' }).format(quoted);
}

/** Numbers of lines: "5, 17 and 204". */
export function lines(numbers: number[]): string {
  return new Intl.ListFormat(locale.language, { type: 'conjunction' }).format(numbers.map((n) => count(n)));
}

/** A job's progress in words: "80% · 48,210 rows · 98,000 rows a second · about 12 seconds left". */
export function pace(job: Job | undefined): string {
  if (!job) return t('common.loading');
  if (job.state === 'waiting') return t('job.waiting');
  if (job.state !== 'running') return '';
  const d = job.detail ?? {};
  const parts = [percent(job.progress)];
  const key = String(d.key ?? '');
  if (key && key !== 'rows') parts.push(tOr(`import.doing_${key}`, ''));
  if (typeof d.rows === 'number' && d.rows > 0) parts.push(t('import.n_rows', { count: d.rows }));
  if (typeof d.per_second === 'number' && d.per_second > 0) parts.push(t('import.speed', { count: Math.round(d.per_second) }));
  if (typeof d.seconds_left === 'number') parts.push(t('job.left', { time: span(Math.max(1, d.seconds_left)) }));
  return parts.filter(Boolean).join(' · ');
}

/** What an import brought in a few words: "812 orders, 300 customers". */
export function brought(c: Counts): string {
  const parts: string[] = [];
  if (c.orders) parts.push(t('import.n_orders', { count: c.orders }));
  if (c.tickets) parts.push(t('import.n_tickets', { count: c.tickets }));
  if (c.customers_new) parts.push(t('import.n_customers', { count: c.customers_new }));
  if (parts.length === 0) parts.push(t('import.n_rows', { count: c.rows ?? 0 }));
  return new Intl.ListFormat(locale.language, { type: 'unit', style: 'short' }).format(parts);
}
