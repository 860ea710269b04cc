import { type KeyboardEvent, useRef, useState } from 'react';
import { Icon, type IconName } from '../ui/icon.tsx';
import { useOnLeave } from '../ui/use-on-leave.ts';

interface DueFieldProps {
  readonly type: 'date' | 'time';
  readonly icon: IconName;
  /** its name, which shows as long as there is no value */
  readonly word: string;
  readonly value: string;
  readonly onSave: (value: string) => void;
}

/**
 * What is picked is saved at once, what is typed when the field is left or with Enter: on its way to 2027 a year is 0002,
 * and a field is empty while one of its parts is.
 */
export function DueField({ type, icon, word, value, onSave }: DueFieldProps) {
  const [draft, setDraft] = useState<string>();
  const written = useRef<string>(undefined);
  const isTyping = useRef(false);

  function write(text: string): void {
    written.current = text;
    setDraft(text);
    if (!isTyping.current) save();
  }

  function save(): void {
    const text = written.current;
    written.current = undefined;
    isTyping.current = false;
    setDraft(undefined);
    if (text !== undefined && text !== value) onSave(text);
  }

  function onKeyDown({ key }: KeyboardEvent): void {
    if (key === 'Enter') save();
    else isTyping.current = true;
  }

  useOnLeave(save);
  return (
    <label className="property property-date" data-set={value !== '' || undefined}>
      <Icon name={icon} />
      <span>{word}</span>
      <input
        type={type}
        aria-label={word}
        value={draft ?? value}
        onChange={({ target }) => write(target.value)}
        onKeyDown={onKeyDown}
        onBlur={save}
      />
    </label>
  );
}
