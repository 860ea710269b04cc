import type { AlterTableCmd, ColumnDef, Constraint } from 'libpg-query';
import type { Rule, Surroundings } from './migration-rules.ts';
import { nodes } from './sql-nodes.ts';

/** What PostgreSQL evaluates once for all rows, and so changes none of them. */
const STABLE_FUNCTIONS = ['now', 'transaction_timestamp', 'statement_timestamp'];

/** The rules that one part of an `alter table` of an existing table breaks. */
export function alterationFaults({ subtype, name, def }: AlterTableCmd, { added }: Surroundings): Rule[] {
  if (subtype === 'AT_AlterColumnType') return ['column-type'];
  if (subtype === 'AT_SetNotNull') return ['not-null'];
  if (subtype === 'AT_DropColumn') return ['drop'];
  if (subtype === 'AT_ValidateConstraint') return added.has(name ?? '') ? ['validated-at-once'] : [];
  if (subtype === 'AT_AddColumn' && def && 'ColumnDef' in def) return columnFaults(def.ColumnDef);
  if (subtype === 'AT_AddConstraint' && def && 'Constraint' in def) {
    added.add(def.Constraint.conname ?? '');
    return validates(def.Constraint) ? ['constraint-validates'] : [];
  }
  return [];
}

function validates({ contype, skip_validation, indexname }: Constraint): boolean {
  const isIndex = contype === 'CONSTR_UNIQUE' || contype === 'CONSTR_PRIMARY' || contype === 'CONSTR_EXCLUSION';
  return isIndex ? indexname === undefined : skip_validation !== true;
}

function columnFaults({ typeName, constraints = [] }: ColumnDef): Rule[] {
  const all = constraints.flatMap((node) => ('Constraint' in node ? [node.Constraint] : []));
  const has = (...kinds: Constraint['contype'][]) => all.some(({ contype }) => kinds.includes(contype));
  const isSerial = [...nodes(typeName)].some((node) => 'String' in node && /serial\d?$/.test(node.String.sval ?? ''));
  const isVolatile = all.some(({ contype, raw_expr }) => contype === 'CONSTR_DEFAULT' && callsVolatile(raw_expr));
  const isEmpty = has('CONSTR_NOTNULL') && !has('CONSTR_DEFAULT');
  const rewrites = isSerial || isVolatile || isEmpty || has('CONSTR_GENERATED', 'CONSTR_IDENTITY');
  return [
    ...(rewrites ? (['column-rewrites'] as const) : []),
    ...(has('CONSTR_CHECK', 'CONSTR_FOREIGN', 'CONSTR_UNIQUE', 'CONSTR_PRIMARY')
      ? (['constraint-validates'] as const)
      : []),
  ];
}

function callsVolatile(expression: unknown): boolean {
  return [...nodes(expression)].some((node) => {
    if (!('FuncCall' in node)) return false;
    const names = [...nodes(node.FuncCall.funcname)].flatMap((part) => ('String' in part ? [part.String.sval] : []));
    return !STABLE_FUNCTIONS.includes(names.at(-1) ?? '');
  });
}
