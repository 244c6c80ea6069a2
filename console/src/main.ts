import App from './App.svelte';
import { mount } from 'svelte';

mount(App, { target: document.getElementById('app') as HTMLElement });
