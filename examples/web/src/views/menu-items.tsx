import type { CSSProperties } from 'react';

interface CheckItemProps {
  readonly label: string;
  /** the colour of what it stands for */
  readonly dot?: CSSProperties;
  readonly isChecked: boolean;
  readonly onChange: () => void;
}

export function CheckItem({ label, dot, isChecked, onChange }: CheckItemProps) {
  return (
    <label className="menu-item">
      <input type="checkbox" checked={isChecked} onChange={onChange} />
      {dot && <span className="dot" style={dot} />}
      {label}
    </label>
  );
}

interface RadioItemsProps<Value> {
  readonly name: string;
  readonly options: readonly (readonly [Value, string])[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

export function RadioItems<Value>({ name, options, value, onChange }: RadioItemsProps<Value>) {
  return options.map(([option, label]) => (
    <label key={label} className="menu-item">
      <input type="radio" name={name} checked={option === value} onChange={() => onChange(option)} />
      {label}
    </label>
  ));
}
