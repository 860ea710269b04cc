import { CreateTasks } from './20261123090000-create-tasks.ts';
import { GuardRows } from './20261123210000-guard-rows.ts';
import { EndTokensOfDeletedIdentities } from './20261123230000-end-tokens-of-deleted-identities.ts';
import { CreateAuditEvents } from './20261123234000-create-audit-events.ts';
import { SaltImportedIds } from './20261123235000-salt-imported-ids.ts';
import { SearchOwnWords } from './20261125230000-search-own-words.ts';
import { IndexDeletedTasks } from './20261125233000-index-deleted-tasks.ts';
import { ReviseDeletions } from './20261126000000-revise-deletions.ts';
import { KeepWholeAnswers } from './20261126120000-keep-whole-answers.ts';
import { NumberChanges } from './20261127050000-number-changes.ts';
import { IndexChanges } from './20261127051000-index-changes.ts';
import { TellInOneStep } from './20261127120000-tell-in-one-step.ts';
import { IndexOwnedIds } from './20261127200000-index-owned-ids.ts';
import { CreateLabels } from './20261127201000-create-labels.ts';
import { PlanTasks } from './20261127202000-plan-tasks.ts';
import { RecordChanges } from './20261127203000-record-changes.ts';
import { IndexPlans } from './20261127204000-index-plans.ts';
import { ValidatePlans } from './20261127205000-validate-plans.ts';
import { NumberInBlocks } from './20261127206000-number-in-blocks.ts';

/** Every migration in order. `npm run migrate -- create NAME` adds to the end; what has landed is never edited. */
export const migrations = [
  { name: '20261123090000-create-tasks', class: CreateTasks },
  { name: '20261123210000-guard-rows', class: GuardRows },
  { name: '20261123230000-end-tokens-of-deleted-identities', class: EndTokensOfDeletedIdentities },
  { name: '20261123234000-create-audit-events', class: CreateAuditEvents },
  { name: '20261123235000-salt-imported-ids', class: SaltImportedIds },
  { name: '20261125230000-search-own-words', class: SearchOwnWords },
  { name: '20261125233000-index-deleted-tasks', class: IndexDeletedTasks },
  { name: '20261126000000-revise-deletions', class: ReviseDeletions },
  { name: '20261126120000-keep-whole-answers', class: KeepWholeAnswers },
  { name: '20261127050000-number-changes', class: NumberChanges },
  { name: '20261127051000-index-changes', class: IndexChanges },
  { name: '20261127120000-tell-in-one-step', class: TellInOneStep },
  { name: '20261127200000-index-owned-ids', class: IndexOwnedIds },
  { name: '20261127201000-create-labels', class: CreateLabels },
  { name: '20261127202000-plan-tasks', class: PlanTasks },
  { name: '20261127203000-record-changes', class: RecordChanges },
  { name: '20261127204000-index-plans', class: IndexPlans },
  { name: '20261127205000-validate-plans', class: ValidatePlans },
  { name: '20261127206000-number-in-blocks', class: NumberInBlocks },
];
