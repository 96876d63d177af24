/** The realm whose users make the traffic. */
export interface UsersRealm {
  realm: string;
  /** Public, with the standard flow and direct access grants. */
  clientId: string;
  redirectUri: string;
  /** One per worker: brute force detection refuses concurrent right logins of one user. */
  users: readonly Credentials[];
}

export interface Credentials {
  username: string;
  password: string;
}
