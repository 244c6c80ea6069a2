// Lets Node read the console's own modules as they are: TypeScript is stripped, runes are compiled, '.ts' may be left out.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compileModule } from 'svelte/compiler';
import ts from 'typescript';

export async function resolve(specifier, context, next) {
  if (/^\.\.?\//.test(specifier) && context.parentURL) {
    const url = new URL(specifier, context.parentURL);
    if (existsSync(`${fileURLToPath(url)}.ts`)) return next(`${url}.ts`, context);
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const text = readFileSync(fileURLToPath(url), 'utf8');
  const plain = ts.transpileModule(text, { compilerOptions: { target: 'ES2022', module: 'ESNext', verbatimModuleSyntax: true } }).outputText;
  const source = url.endsWith('.svelte.ts') ? compileModule(plain, { filename: fileURLToPath(url), generate: 'client' }).js.code : plain;
  return { format: 'module', source, shortCircuit: true };
}
