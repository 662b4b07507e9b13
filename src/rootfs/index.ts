/** The file tree of a stage: looking things up in it and changing it, never leaving it. */
export type { NodeStat, RootView } from './root-view.ts';
