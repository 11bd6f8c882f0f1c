/* Holds the namespaces of a Pod: waits for the end, and reaps the processes that lost their parent. */
#include <signal.h>
#include <sys/wait.h>

int main(void)
{
    sigset_t signals;
    int received;

    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, 0);
    while (sigwait(&signals, &received) == 0 && received == SIGCHLD)
        while (waitpid(-1, 0, WNOHANG) > 0)
            ;
    return 0;
}
