import type { Client } from '@virgate/sdk';

type Virgate = Client['virgate'];

/** A report of the list. */
export type ReportEntry = Awaited<ReturnType<Virgate['reports']['list']>>[number];
/** A report with its figures. */
export type Report = Awaited<ReturnType<ReturnType<Virgate['reports']['report']>['get']>>;
export type ReportCriteria = NonNullable<Parameters<ReturnType<Virgate['reports']['report']>['get']>[0]>;
/** An object that a report can be restricted to. */
export type ReportChoice = Awaited<ReturnType<Virgate['reportChoices']['list']>>[number];
/** A report that the user keeps. */
export type SavedReport = Awaited<ReturnType<Virgate['savedReports']['list']>>[number];
