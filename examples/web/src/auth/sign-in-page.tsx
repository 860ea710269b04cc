import { type FormEvent, useState } from 'react';
import { Icon } from '../ui/icon.tsx';
import { AuthError, signIn, signUp } from './auth-api.ts';
import { openSession, session } from './session.ts';

/** Signing in and signing up are one form: the second asks for a name as well. */
export function SignInPage() {
  const [isNew, setNew] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();

  async function submit(form: FormData): Promise<void> {
    const [email = '', password = '', name = ''] = ['email', 'password', 'name'].map((key) =>
      String(form.get(key) ?? ''),
    );
    setBusy(true);
    setFault(undefined);
    try {
      if (isNew) await signUp({ email, password, name });
      else await signIn({ email, password });
      await openSession();
      // Where it went well, the page is another one now.
      if (session.get()) return;
      setFault('The browser has not kept the session. Are cookies allowed here?');
    } catch (error) {
      setFault(error instanceof AuthError ? error.message : 'The server cannot be reached.');
    }
    setBusy(false);
  }

  /** What was wrong with the one is not wrong with the other. */
  function change(): void {
    setNew(!isNew);
    setFault(undefined);
  }

  function onSubmit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    void submit(new FormData(event.currentTarget));
  }

  return (
    <main className="welcome">
      <div className="welcome-card">
        <span className="welcome-mark">
          <Icon name="check" />
        </span>
        <h1>{isNew ? 'Make it yours' : 'Welcome back'}</h1>
        <p className="welcome-lead">
          {isNew ? 'An account keeps your tasks on every device.' : 'Your tasks are where you left them.'}
        </p>
        <form className="welcome-form" onSubmit={onSubmit}>
          {isNew && <Field label="Name" name="name" type="text" autoComplete="name" />}
          <Field label="Email" name="email" type="email" autoComplete="email" />
          <Field
            label="Password"
            name="password"
            type="password"
            autoComplete={isNew ? 'new-password' : 'current-password'}
          />
          <p className="form-fault" role="alert">
            {fault}
          </p>
          <button className="button button-primary" type="submit" disabled={isBusy}>
            {isNew ? 'Create account' : 'Sign in'}
          </button>
        </form>
        <button className="button button-plain" type="button" onClick={change}>
          {isNew ? 'I have an account' : 'Create an account'}
        </button>
      </div>
    </main>
  );
}

interface FieldProps {
  readonly label: string;
  readonly name: string;
  readonly type: 'text' | 'email' | 'password';
  readonly autoComplete: string;
}

function Field({ label, ...input }: FieldProps) {
  return (
    <label className="field">
      <span>{label}</span>
      <input required minLength={input.type === 'password' ? 8 : 1} {...input} />
    </label>
  );
}
