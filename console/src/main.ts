import './app.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { firstLocale, setLocale } from './lib/i18n.svelte';
import { session } from './lib/session.svelte';
import { setTheme, theme } from './lib/theme';

setTheme(theme());
// Words and session are fetched at the same time; the page is drawn when both are there.
await Promise.all([setLocale(firstLocale()), session.load()]);
const target = document.getElementById('app') as HTMLElement;
target.replaceChildren();
mount(App, { target });
