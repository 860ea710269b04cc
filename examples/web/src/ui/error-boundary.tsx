import { Component, type ReactNode } from 'react';

interface BoundaryProps {
  readonly children: ReactNode;
}

/** A mistake of the page costs a reload and not a white screen. React knows error boundaries as classes only. */
export class ErrorBoundary extends Component<BoundaryProps, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <main className="welcome">
        <div className="welcome-card" role="alert">
          <h1>Something went wrong</h1>
          <p className="welcome-lead">Your tasks are safe: this page has made a mistake.</p>
          <button className="button button-primary" type="button" onClick={() => location.reload()}>
            Load again
          </button>
        </div>
      </main>
    );
  }
}
