// A list as a file: fetched with the session, and handed to the browser under a name in the reader's language.
import { api } from './api';

/** Gives the fault, or null when the file is there. */
export async function saveFile(path: string, name: string): Promise<unknown> {
  const { data, error } = (await api.GET(path as never, { parseAs: 'blob' } as never)) as { data?: Blob; error?: unknown };
  if (!data) return error ?? {};
  const a = document.createElement('a');
  a.href = URL.createObjectURL(data);
  a.download = name;
  a.click();
  URL.revokeObjectURL(a.href);
  return null;
}
