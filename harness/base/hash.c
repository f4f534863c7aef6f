/* hash.c: base. Content hashes by libxxhash, in its canonical (big-endian) spelling. */
#include "base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/buf.h"
#include "base/err.h"

struct hash {
	XXH3_state_t *state;
};

struct hash *hash_new(void)
{
	struct hash *h = xmalloc(sizeof(*h));

	h->state = XXH3_createState();
	BUG_ON(!h->state || XXH3_128bits_reset(h->state) != XXH_OK);
	return h;
}

void hash_add(struct hash *h, const void *data, size_t len)
{
	if (len)
		XXH3_128bits_update(h->state, data, len);
}

void hash_add_str(struct hash *h, const char *s)
{
	hash_add(h, s, strlen(s) + 1);
}

int hash_add_file(struct hash *h, const char *path)
{
	char chunk[1 << 16];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;
	int saved;

	if (fd < 0)
		return -1;
	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		hash_add(h, chunk, (size_t)n);
	}
	saved = errno;
	close(fd);
	errno = saved;
	return n < 0 ? -1 : 0;
}

static void hash_spell(XXH128_hash_t value, char hex[HASH_HEX_LEN + 1])
{
	static const char digits[] = "0123456789abcdef";
	XXH128_canonical_t canonical;

	XXH128_canonicalFromHash(&canonical, value);
	for (size_t i = 0; i < HASH_HEX_LEN / 2; i++) {
		hex[2 * i] = digits[canonical.digest[i] >> 4];
		hex[2 * i + 1] = digits[canonical.digest[i] & 15];
	}
	hex[HASH_HEX_LEN] = '\0';
}

void hash_finish(struct hash *h, char hex[HASH_HEX_LEN + 1])
{
	hash_spell(XXH3_128bits_digest(h->state), hex);
	XXH3_freeState(h->state);
	free(h);
}

void hash_hex(const void *data, size_t len, char hex[HASH_HEX_LEN + 1])
{
	hash_spell(XXH3_128bits(data, len), hex);
}

uint64_t hash_u64(const void *data, size_t len)
{
	return XXH3_64bits(data, len);
}
