// Puts a popover beside what opened it: below, or above where there is no room; never outside the window.
// (By the style object, which a strict Content-Security-Policy allows; CSS anchors are not in every browser yet.)
export function placeNear(event: Event & { newState?: string }, anchor: HTMLElement): void {
  const pop = event.currentTarget as HTMLElement;
  if (event.newState !== 'open') return;
  const a = anchor.getBoundingClientRect();
  const p = pop.getBoundingClientRect();
  const gap = 6;
  const edge = 8;
  const rtl = getComputedStyle(anchor).direction === 'rtl';
  const x = rtl ? a.right - p.width : a.left;
  const left = Math.max(edge, Math.min(x, innerWidth - p.width - edge));
  const below = a.bottom + gap;
  const top = below + p.height + edge <= innerHeight ? below : Math.max(edge, a.top - gap - p.height);
  pop.style.left = `${left}px`;
  pop.style.top = `${top}px`;
}
