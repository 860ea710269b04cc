/**
 * Access tokens, and a subscription that outlives its connections. They are the files of docs/examples/apollo, which this
 * repository's tests run against servers that are restarted and killed: take that folder along, or put copies in this place.
 */
export { type AccessTokens, createAccessTokens } from '../../../../docs/examples/apollo/access-tokens.ts';
export { comeBack, endOf, SignedOutError } from '../../../../docs/examples/apollo/come-back.ts';
export { ResumeLink } from '../../../../docs/examples/apollo/resume-link.ts';
export { createSocketLink } from '../../../../docs/examples/apollo/socket-link.ts';
