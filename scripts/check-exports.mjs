/**
 * Names every function, constant and class that src/, here or in the front end, exports and no other file imports: it is dead, or its file should
 * keep it to itself. A type may be exported for those who call what takes or answers it, if something does.
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import ts from 'typescript';

const files = globSync('{src,migrations,test,bench,scripts,examples/web/src}/**/*.{ts,tsx,mjs}');
const isChecked = ({ fileName }) => /^(src|examples\/web\/src)\/(?!generated\/)/.test(fileName);
const sources = files.map((file) => ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest));
const imported = new Set(sources.flatMap(importsOf));
for (const source of sources.filter(isChecked)) {
  for (const name of exportsOf(source)) {
    if (imported.has(`${source.fileName} ${name}`) || imported.has(`${source.fileName} *`)) continue;
    console.error(`${source.fileName}: nobody imports ${name}`);
    process.exitCode = 1;
  }
}

/** `path name` of each import from our own files, `path *` of a file that is imported whole. */
function importsOf(source) {
  const found = [];
  const visit = (node) => {
    const specifier = ts.isImportDeclaration(node) ? node.moduleSpecifier : importedByCall(node);
    if (specifier?.text?.startsWith('.')) {
      const path = join(dirname(source.fileName), specifier.text).replace(/^dist\/(.*)\.js$/, '$1.ts');
      const bindings = node.importClause?.namedBindings;
      const names = bindings?.elements?.map(({ name, propertyName }) => (propertyName ?? name).text) ?? ['*'];
      found.push(...names.map((name) => `${path} ${name}`));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function importedByCall(node) {
  const isImport = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  return isImport ? node.arguments[0] : undefined;
}

function exportsOf(source) {
  return source.statements
    .filter(({ modifiers }) => modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword))
    .flatMap((statement) => {
      const names = (statement.declarationList?.declarations ?? [statement]).map(({ name }) => name.text);
      const isType = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
      return isType ? names.filter((name) => !isUsedIn(source.text, name)) : names;
    });
}

function isUsedIn(text, name) {
  return text.match(new RegExp(`\\b${name}\\b`, 'g')).length > 1;
}
