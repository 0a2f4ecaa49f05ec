/* Lets every fsync and fdatasync of a log fail with EIO as soon as the file FAILING_FSYNC exists. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fails(int descriptor) {
    const char *trigger = getenv("FAILING_FSYNC");
    char link[64], path[4096];
    ssize_t length;

    if (trigger == NULL || access(trigger, F_OK) != 0) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strstr(path, "log.sqlite") != NULL;
}

static int call(const char *name, int descriptor) {
    int (*original)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);

    if (fails(descriptor)) {
        errno = EIO;
        return -1;
    }
    return original(descriptor);
}

int fsync(int descriptor) { return call("fsync", descriptor); }
int fdatasync(int descriptor) { return call("fdatasync", descriptor); }
