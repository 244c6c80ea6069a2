// What was just decided and is to be given next: the decision leads to giving it.
export const next = $state<{ number: number; codes: string[] }>({ number: 0, codes: [] });
