// Which component an address shows. What is not in the program yet has no file, is not in the bar and is not found.
import type { Component } from 'svelte';
import { needMessages } from './lib/i18n.svelte';
import type { PlainKey } from './gen/messages/index.js';
import type { Right } from './lib/session.svelte';
import type { IconName } from './ui/Icon.svelte';

type Load = () => Promise<{ default: Component }>;
const files = import.meta.glob<{ default: Component }>([
  './screens/customers/Customers.svelte',
  './screens/customers/Customer.svelte',
  './screens/cases/Cases.svelte',
  './screens/cases/Case.svelte',
  './screens/cases/NewCase.svelte',
  './screens/promises/Promises.svelte',
  './screens/import/Import.svelte',
  './screens/jobs/Jobs.svelte',
  './screens/summary/Summary.svelte',
  './screens/settings/Settings.svelte',
]);

/** A screen comes with its messages. */
function file(path: string): Load | null {
  const load = files[`./screens/${path}.svelte`];
  return load ? async () => (await Promise.all([load(), needMessages(path.split('/')[0] as string)]))[0] : null;
}

export interface Screen {
  /** First part of the address. */
  path: string;
  title: PlainKey;
  load: Load | null; // null: Today, which comes with the first script
  icon: IconName;
  right: Right;
}

const all: Screen[] = [
  { path: 'today', title: 'nav.today', load: null, icon: 'today', right: 'FIGURES' },
  { path: 'customers', title: 'nav.customers', load: file('customers/Customers'), icon: 'people', right: 'READ' },
  { path: 'cases', title: 'nav.cases', load: file('cases/Cases'), icon: 'case', right: 'READ' },
  { path: 'summary', title: 'nav.summary', load: file('summary/Summary'), icon: 'chart', right: 'FIGURES' },
  { path: 'import', title: 'nav.import', load: file('import/Import'), icon: 'upload', right: 'WRITE' },
  { path: 'settings', title: 'nav.settings', load: file('settings/Settings'), icon: 'gear', right: 'SELF' },
];

/** What stands in the bar. */
export const screens = all.filter((s) => s.path === 'today' || s.load !== null);

const customer = file('customers/Customer');
const oneCase = file('cases/Case');
const newCase = file('cases/NewCase');
const promises = file('promises/Promises');
const jobsScreen = file('jobs/Jobs');

/** The component for the parts of an address; null when there is none. */
export function find(parts: readonly string[]): { load: Load | null; title: PlainKey; key: string } | null {
  const first = parts[0] ?? 'today';
  if (first === 'customers' && customer && parts.length === 2 && /^\d+$/.test(parts[1] as string))
    return { load: customer, title: 'nav.customers', key: `customer/${parts[1]}` };
  if (first === 'cases' && newCase && parts[1] === 'new') return { load: newCase, title: 'nav.cases', key: 'new-case' };
  if (first === 'cases' && promises && parts[1] === 'promises') return { load: promises, title: 'promise.title', key: 'promises' };
  if (first === 'cases' && oneCase && parts.length === 2 && /^\d+$/.test(parts[1] as string))
    return { load: oneCase, title: 'nav.cases', key: `case/${parts[1]}` };
  if (first === 'jobs' && jobsScreen) return { load: jobsScreen, title: 'job.title', key: 'jobs' };
  const s = screens.find((x) => x.path === first);
  return s ? { load: s.load, title: s.title, key: s.path } : null;
}
