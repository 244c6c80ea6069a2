// Guesses from the browser, for a start that needs no typing.
const byRegion: Record<string, string> = {
  AE: 'AED', BH: 'BHD', CA: 'CAD', CH: 'CHF', DZ: 'DZD', EG: 'EGP', GB: 'GBP', IQ: 'IQD', IR: 'IRR', JO: 'JOD', KW: 'KWD', LB: 'LBP',
  LY: 'LYD', MA: 'MAD', OM: 'OMR', QA: 'QAR', SA: 'SAR', SD: 'SDG', SY: 'SYP', TN: 'TND', TR: 'TRY', US: 'USD', YE: 'YER', AU: 'AUD',
  IN: 'INR', JP: 'JPY', PK: 'PKR', SE: 'SEK', NO: 'NOK', DK: 'DKK', PL: 'PLN', CZ: 'CZK', HU: 'HUF', RO: 'RON', BG: 'BGN',
}; // prettier-ignore
const byZone: Record<string, string> = {
  'Asia/Tehran': 'IRR', 'Asia/Dubai': 'AED', 'Asia/Riyadh': 'SAR', 'Asia/Kuwait': 'KWD', 'Asia/Qatar': 'QAR', 'Asia/Bahrain': 'BHD',
  'Asia/Muscat': 'OMR', 'Asia/Baghdad': 'IQD', 'Asia/Amman': 'JOD', 'Asia/Beirut': 'LBP', 'Asia/Damascus': 'SYP', 'Africa/Cairo': 'EGP',
  'Africa/Casablanca': 'MAD', 'Africa/Algiers': 'DZD', 'Africa/Tunis': 'TND', 'Africa/Tripoli': 'LYD', 'Africa/Khartoum': 'SDG',
  'Asia/Aden': 'YER', 'Europe/London': 'GBP', 'Europe/Zurich': 'CHF', 'Europe/Istanbul': 'TRY',
}; // prettier-ignore

export function guessZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

/** By the time zone, which tells the place better than the language does. */
export function guessCurrency(zone = guessZone(), tag = navigator.language): string {
  const here = byZone[zone];
  if (here) return here;
  if (zone.startsWith('Europe/')) {
    const region = new Intl.Locale(tag).region ?? '';
    return byRegion[region] && region !== 'US' && region !== 'GB' ? (byRegion[region] as string) : 'EUR';
  }
  return byRegion[new Intl.Locale(tag).maximize().region ?? ''] ?? (zone.startsWith('America/') ? 'USD' : 'EUR');
}

export function zones(): string[] {
  const all = Intl.supportedValuesOf('timeZone');
  const mine = guessZone();
  return [...new Set([mine, 'UTC', ...all])].sort();
}
