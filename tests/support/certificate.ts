// A certificate of localhost, good for tests alone: its key is here for all to see. Valid for a hundred years.

const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgUKrrNdYxiVMOJFP+
xHEd7OKuEicjRENOwOwMROnErHqhRANCAAT/k9NN0nE9rRC+q4EXKz9xrI6ydBiG
nlKbL/WOMvnfpm3YU0FZS2D6Dp1VrjdzeCLuGY5Ecfqwa0UvjvreQKNk
-----END PRIVATE KEY-----`;

const cert = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUcv/1WT8Nv0bfMQe7vRmgjpNNj8UwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEzMDE3MTMyN1oYDzIxMjYxMTA2
MTcxMzI3WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAT/k9NN0nE9rRC+q4EXKz9xrI6ydBiGnlKbL/WOMvnfpm3YU0FZS2D6
Dp1VrjdzeCLuGY5Ecfqwa0UvjvreQKNko28wbTAdBgNVHQ4EFgQUqOwnHrj5Ee9X
ARNzckgq48fiQcIwHwYDVR0jBBgwFoAUqOwnHrj5Ee9XARNzckgq48fiQcIwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIgMoLuQHYMCfOAfRugD6W93hW/cwSLbGIn9eqnyRLD0hwCIQDC
7pds1MqD5hj6ViTPwc43sa4hNir93oiyDV9Fw3qhyg==
-----END CERTIFICATE-----`;

export const pair = { key, cert };
