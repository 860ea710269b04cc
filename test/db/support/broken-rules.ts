import {
  type AlterTableStmt,
  type DropStmt,
  type IndexStmt,
  loadModule,
  type Node,
  parseSync,
  type RangeVar,
  type RenameStmt,
  type VariableSetStmt,
} from 'libpg-query';
import { alterationFaults } from './alteration-rules.ts';
import type { Rule, Surroundings } from './migration-rules.ts';
import { nodes } from './sql-nodes.ts';

/** What one migration does, in order. */
interface MigrationSql {
  queries: readonly string[];
  isTransactional: boolean;
}

/** The rules that a migration breaks, once each. @throws SqlError where PostgreSQL would not understand it */
export async function brokenRules({ queries, isTransactional }: MigrationSql): Promise<Rule[]> {
  await loadModule();
  const surroundings: Surroundings = {
    isTransactional,
    isLimited: isTransactional,
    created: new Set(),
    added: new Set(),
  };
  const statements = queries.flatMap((query) => parseSync(query).stmts ?? []);
  const broken = statements.flatMap(({ stmt }) =>
    (stmt ? [...nodes(stmt)] : []).flatMap((node) => faults(node, surroundings)),
  );
  return [...new Set(broken)];
}

function faults(node: Node, surroundings: Surroundings): Rule[] {
  const isOld = (table: RangeVar | undefined) => !surroundings.created.has(table?.relname ?? '');
  if ('CreateStmt' in node) surroundings.created.add(node.CreateStmt.relation?.relname ?? '');
  if ('CreateTableAsStmt' in node) surroundings.created.add(node.CreateTableAsStmt.into?.rel?.relname ?? '');
  if ('VariableSetStmt' in node && node.VariableSetStmt.name === 'lock_timeout') {
    surroundings.isLimited = isMoreThanZero(node.VariableSetStmt);
  }
  if ('IndexStmt' in node) return indexFaults(node.IndexStmt, isOld(node.IndexStmt.relation), surroundings);
  if ('DropStmt' in node) return dropFaults(node.DropStmt, surroundings);
  if ('RenameStmt' in node) return isOld(node.RenameStmt.relation) ? renameFaults(node.RenameStmt) : [];
  if ('AlterTableStmt' in node && isOld(node.AlterTableStmt.relation))
    return alterFaults(node.AlterTableStmt, surroundings);
  if ('CreateTrigStmt' in node && isOld(node.CreateTrigStmt.relation)) {
    return surroundings.isLimited ? [] : ['locks-without-limit'];
  }
  if ('LockStmt' in node) return ['lock'];
  if ('TruncateStmt' in node) return ['all-rows'];
  if ('UpdateStmt' in node) return changesAll(node.UpdateStmt) && isOld(node.UpdateStmt.relation) ? ['all-rows'] : [];
  if ('DeleteStmt' in node) return changesAll(node.DeleteStmt) && isOld(node.DeleteStmt.relation) ? ['all-rows'] : [];
  return [];
}

function isMoreThanZero({ args = [] }: VariableSetStmt): boolean {
  const value = args.flatMap((node) => ('A_Const' in node ? [node.A_Const] : []))[0];
  return Number.parseFloat(String(value?.sval?.sval ?? value?.ival?.ival ?? 0)) > 0;
}

function besideWrites({ isTransactional, isLimited }: Surroundings): Rule[] {
  if (isTransactional) return ['needs-no-transaction'];
  return isLimited ? ['limit-beside-writes'] : [];
}

function indexFaults({ concurrent }: IndexStmt, isOld: boolean, surroundings: Surroundings): Rule[] {
  if (concurrent) return besideWrites(surroundings);
  return isOld ? ['index-blocks-writes'] : [];
}

function dropFaults({ concurrent, removeType, objects = [] }: DropStmt, surroundings: Surroundings): Rule[] {
  if (concurrent) return besideWrites(surroundings);
  if (removeType === 'OBJECT_INDEX') return surroundings.isLimited ? [] : ['locks-without-limit'];
  if (removeType !== 'OBJECT_TABLE' && removeType !== 'OBJECT_VIEW') return [];
  const names = objects.map((name) =>
    [...nodes(name)].flatMap((part) => ('String' in part ? [part.String.sval] : [])).at(-1),
  );
  return names.every((name) => surroundings.created.has(name ?? '')) ? [] : ['drop'];
}

function renameFaults({ renameType }: RenameStmt): Rule[] {
  return ['OBJECT_TABLE', 'OBJECT_VIEW', 'OBJECT_COLUMN'].includes(renameType ?? '') ? ['rename'] : [];
}

function alterFaults(statement: AlterTableStmt, surroundings: Surroundings): Rule[] {
  const commands = (statement.cmds ?? []).flatMap((node) => ('AlterTableCmd' in node ? [node.AlterTableCmd] : []));
  const locks = commands.some(({ subtype }) => subtype !== 'AT_ValidateConstraint');
  return [
    ...(locks && !surroundings.isLimited ? (['locks-without-limit'] as const) : []),
    ...commands.flatMap((command) => alterationFaults(command, surroundings)),
  ];
}

/** A condition that names no column holds for all rows or for none. */
function changesAll({ whereClause }: { whereClause?: Node }): boolean {
  return ![...nodes(whereClause)].some((node) => 'ColumnRef' in node);
}
