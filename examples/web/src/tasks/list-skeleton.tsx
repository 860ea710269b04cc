/** Where the rows will be, so that nothing jumps when they come. The last ones fade. */
export function ListSkeleton() {
  return (
    <div className="skeleton" role="status">
      <span className="visually-hidden">Tasks are loading</span>
      {['a', 'b', 'c', 'd', 'e', 'f'].map((key) => (
        <div key={key} className="skeleton-row" aria-hidden="true">
          <span className="skeleton-check" />
          <span className="skeleton-line" />
        </div>
      ))}
    </div>
  );
}
