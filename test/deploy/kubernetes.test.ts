import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Deployment } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, Namespace, Service, ServiceAccount } from 'kubernetes-models/v1';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config.ts';
import { settings } from '../../src/settings.ts';
import { startTestApp } from '../support/app.ts';

const FOLDER = 'deploy/kubernetes';
const read = (file: string) => parse(readFileSync(`${FOLDER}/${file}`, 'utf8'));
const models = {
  Deployment,
  HorizontalPodAutoscaler,
  NetworkPolicy,
  PodDisruptionBudget,
  ConfigMap,
  Namespace,
  Service,
  ServiceAccount,
};

const kustomization = read('kustomization.yaml');
const deployment = read('deployment.yaml');
const service = read('service.yaml');
const pod = deployment.spec.template.spec;
const [container] = pod.containers;
const labels = deployment.spec.template.metadata.labels;
const secrets = Object.fromEntries(
  readFileSync(`${FOLDER}/secret.example.env`, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
);

describe('deploy/kubernetes', () => {
  it.each(kustomization.resources as string[])('%s is what the API of Kubernetes takes', (file) => {
    const resource = read(file);
    const Model = models[resource.kind as keyof typeof models];
    expect(Model.apiVersion).toBe(resource.apiVersion);
    expect(() => new Model(resource).validate()).not.toThrow();
  });

  it('lists each of its files', () => {
    const files = readdirSync(FOLDER).filter((file) => file.endsWith('.yaml') && file !== 'kustomization.yaml');
    expect([...kustomization.resources].sort()).toEqual(files.sort());
  });

  it.each([
    ['the deployment', deployment.spec.selector.matchLabels],
    ['the service', service.spec.selector],
    ['the disruption budget', read('pod-disruption-budget.yaml').spec.selector.matchLabels],
    ['the network policy', read('network-policy.yaml').spec.podSelector.matchLabels],
    ...pod.topologySpreadConstraints.map(
      ({ topologyKey, labelSelector }: { topologyKey: string; labelSelector: { matchLabels: object } }) => [
        topologyKey,
        labelSelector.matchLabels,
      ],
    ),
  ])('%s selects the pods', (_name, selector) => {
    expect(labels).toMatchObject(selector);
    expect(Object.keys(selector)).not.toHaveLength(0);
  });

  it('scales the deployment that there is, which itself names no number', () => {
    expect(read('horizontal-pod-autoscaler.yaml').spec.scaleTargetRef).toEqual({
      apiVersion: deployment.apiVersion,
      kind: 'Deployment',
      name: deployment.metadata.name,
    });
    expect(deployment.spec).not.toHaveProperty('replicas');
  });

  it('gives the server settings that there are, with values that it takes, from sources that there are', () => {
    expect(container.envFrom).toEqual([
      { configMapRef: { name: read('config-map.yaml').metadata.name } },
      { secretRef: { name: kustomization.secretGenerator[0].name } },
    ]);
    const environment = { ...read('config-map.yaml').data, ...secrets };
    expect(Object.keys(environment).filter((name) => !(name in settings.shape))).toEqual([]);
    const { shutdown } = loadConfig({ NODE_ENV: 'production', ...environment });
    expect(pod.terminationGracePeriodSeconds * 1000).toBeGreaterThan(shutdown.timeout);
    // A look at readiness, the time that it may take, and the way of the news to the nodes.
    const { periodSeconds, timeoutSeconds, failureThreshold } = container.readinessProbe;
    expect(shutdown.delay).toBeGreaterThan((periodSeconds + timeoutSeconds) * failureThreshold * 1000);
  });

  it('commits no secret', () => {
    expect(readFileSync('.gitignore', 'utf8').split('\n')).toContain(`/${FOLDER}/secret.env`);
    expect(kustomization.secretGenerator[0].envs).toEqual(['secret.env']);
  });

  it('has one port under one name, the one that the image listens on', () => {
    const [port] = container.ports;
    expect(readFileSync('Dockerfile', 'utf8')).toMatch(new RegExp(`^EXPOSE ${port.containerPort}$`, 'm'));
    expect(service.spec.ports[0].targetPort).toBe(port.name);
    expect(read('network-policy.yaml').spec.ingress[0].ports).toEqual([{ protocol: 'TCP', port: port.name }]);
    expect(container.image).toBe(kustomization.images[0].name);
  });

  it('probes what the server answers', async () => {
    const app = await startTestApp();
    for (const name of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
      const { path, port } = container[name].httpGet;
      expect([name, port, (await fetch(`${app.url}${path}`)).status]).toEqual([name, container.ports[0].name, 200]);
    }
    await app.close();
  }, 270_000);

  it('gives the pod no right that it does not need', () => {
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(pod.automountServiceAccountToken).toBe(false);
  });

  it('takes no pod away before another one is ready', () => {
    expect(deployment.spec.strategy.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: 1 });
  });
});
