import type { components } from '../../gen/api';

export type Summary = components['schemas']['Summary'];
export type Fit = components['schemas']['Fit'];
export type Group = components['schemas']['FitGroup'];
export type Past = components['schemas']['SummaryPast'];
export type Prices = components['schemas']['SummaryPrices'];
export type EstimateValue = components['schemas']['Estimate'];

/** Names of models are proper names: the same in every language. */
export const modelNames: Record<string, string> = { pnbd: 'Pareto/NBD', bgnbd: 'BG/NBD', mbgnbd: 'MBG/NBD' };
