// Numbers as people type them: in Latin, Arabic or Persian digits, with the separators of their language.

export type Digits = 'latin' | 'arabic' | 'persian';
export const unicodeDigits: Record<Digits, string> = { latin: 'latn', arabic: 'arab', persian: 'arabext' };

// Marks that only steer the direction of text; pasted figures are full of them.
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Any decimal digits of the three systems become 0-9; marks of direction go. */
export function latinDigits(text: string): string {
  return text
    .replace(BIDI, '')
    .replace(/[\u0660-\u0669]/g, (c) => String(c.charCodeAt(0) - 0x0660))
    .replace(/[\u06f0-\u06f9]/g, (c) => String(c.charCodeAt(0) - 0x06f0))
    .replace(/[\uff10-\uff19]/g, (c) => String(c.charCodeAt(0) - 0xff10));
}

/**
 * Reads a number; null when it is none. `decimal` is the decimal sign of the language, for the one case that is ambiguous: a single
 * point or comma before exactly three digits ("1.234").
 */
export function readNumber(text: string, decimal: '.' | ',' = '.'): number | null {
  let s = latinDigits(text)
    .replace(/[\s\u00a0\u202f]/g, '')
    .replace(/\u2212/g, '-')
    .replace(/[\u066c'\u2019]/g, '') // Arabic and Swiss thousands
    .replace(/[%\u066a]$/, '');
  if (s.includes('\u066b')) s = s.replace(/[.,]/g, '').replace('\u066b', '.');
  else {
    const dot = s.lastIndexOf('.');
    const comma = s.lastIndexOf(',');
    let sign = '';
    if (dot >= 0 && comma >= 0) sign = dot > comma ? '.' : ',';
    else if (dot >= 0 || comma >= 0) {
      const c = dot >= 0 ? '.' : ',';
      const many = s.split(c).length > 2;
      const three = /^-?\d{1,3}[.,]\d{3}$/.test(s);
      sign = many || (three && c !== decimal) ? '' : c;
    }
    if (sign === '') s = s.replace(/[.,]/g, '');
    else s = s.split(sign === '.' ? ',' : '.').join('').replace(sign, '.');
  }
  return /^-?(\d+(\.\d*)?|\.\d+)$/.test(s) ? Number(s) : null;
}
