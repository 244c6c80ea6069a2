// A row goes: it fades and the gap closes, quietly; at once for those who asked for less motion.
export async function leave(row: HTMLElement | null): Promise<void> {
  if (!row || matchMedia('(prefers-reduced-motion: reduce)').matches || document.hidden) return;
  const height = `${row.offsetHeight}px`;
  const move = row.animate([{ height, opacity: 1 }, { height: '0px', opacity: 0 }], { duration: 200, easing: 'ease-in-out', fill: 'forwards' });
  await Promise.race([move.finished.catch(() => {}), new Promise((late) => setTimeout(late, 500))]);
}
