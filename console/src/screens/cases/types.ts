// What the server tells of cases.
import type { components } from '../../gen/api';

type S = components['schemas'];
export type Card = S['CaseCard'];
export type Page = S['CasePage'];
export type Choices = S['CaseChoices'];
export type CaseEvent = Omit<S['CaseEvent'], 'texts'> & { texts: Record<string, string> };
export type Case = Omit<S['Case'], 'events'> & { events: CaseEvent[] };
export type Clock = S['CaseClock'];
export type Colleague = S['CaseColleague'];
export type Double = S['CaseDouble'];
export type Letter = S['Letter'];
export type State = Card['state'];
/** A remedy, whether it comes with its text or not. */
export type Remedy = S['CaseRemedy'];
