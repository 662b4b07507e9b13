export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.com
export GIT_CONFIG_GLOBAL=/dev/null HOME=/nonexistent
# Commits of their own each time: what was fetched before has the time of then.
export GIT_AUTHOR_DATE="$(date +%s) +0000" GIT_COMMITTER_DATE="$(date +%s) +0000"
mkdir work && cd work && git init -q -b main && echo one > one && mkdir sub && echo two > sub/two && chmod 755 one && ln -s one link
printf 'FROM busybox\nCOPY . /src\nRUN ls /src > /names\n' > Dockerfile
git add . && git commit -qm first && git tag v1 && echo three > three && git add . && git commit -qm second
git checkout -qb other && echo four > four && git add . && git commit -qm third && git checkout -q main
cd .. && git clone -q --bare work repo.git 2>/dev/null && git -C repo.git config uploadpack.allowAnySHA1InWant true && git -C repo.git config uploadpack.allowFilter true && rm -r work
